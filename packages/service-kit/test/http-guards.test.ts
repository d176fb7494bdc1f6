import { DomainError, uuidv7 } from '@bank/domain';
import { fixedClock, raceOf, winners } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { created, defineRoutes, noContent, ok, type Service, versionOf } from '#index.ts';
import { testService } from './support/service.ts';
import { mapIdempotency, mapRateLimits } from './support/stores.ts';
import { testTokens } from './support/tokens.ts';

interface Context {
  made: number;
  fail: Error | undefined;
}

const described = { summary: 'x', tag: 'x', errors: [] } as const;
const Any = v.any();

const routes = defineRoutes<Context>([
  {
    ...described,
    method: 'GET',
    path: '/v1/who',
    access: 'user',
    responses: { 200: Any },
    handle: async (_ctx, request) => ok({ actor: request.actor, address: request.clientAddress }),
  },
  {
    ...described,
    method: 'GET',
    path: '/v1/staff',
    access: { permission: 'users.read' },
    responses: { 200: Any },
    handle: async () => ok({}),
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/enrolment',
    access: 'user',
    audiences: ['customer', 'enrolment'],
    responses: { 204: null },
    handle: async () => noContent(),
  },
  {
    ...described,
    method: 'DELETE',
    path: '/v1/factor',
    access: 'user',
    stepUp: { acr: 'aal2', maxAgeSeconds: 300 },
    responses: { 204: null },
    handle: async () => noContent(),
  },
  {
    ...described,
    method: 'PATCH',
    path: '/v1/thing',
    access: 'user',
    ifMatch: 'required',
    body: Any,
    responses: { 200: Any },
    handle: async (_ctx, request) => ok({ version: versionOf(request), body: request.body }),
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/things',
    access: 'user',
    idempotent: true,
    body: Any,
    responses: { 201: Any },
    errors: ['user.state.blocked'],
    async handle(ctx) {
      if (ctx.fail !== undefined) {
        throw ctx.fail;
      }
      ctx.made += 1;
      return created({ number: ctx.made }, { location: `/v1/things/${ctx.made}`, etag: '"v1"' });
    },
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/limited',
    access: 'public',
    body: v.strictObject({ target: v.string() }),
    limits: [
      { name: 'by-address', points: 2, windowSeconds: 60, by: 'address' },
      { name: 'by-target', points: 1, windowSeconds: 600, by: (request) => `target:${JSON.stringify(request.body)}` },
    ],
    responses: { 204: null },
    handle: async () => noContent(),
  },
  {
    ...described,
    method: 'GET',
    path: '/v1/limited-user',
    access: 'user',
    limits: [{ name: 'by-user', points: 1, windowSeconds: 60, by: 'user' }],
    responses: { 204: null },
    handle: async () => noContent(),
  },
]);

const tokens = testTokens();
const clock = fixedClock(new Date());
const rateLimits = mapRateLimits();
const context: Context = { made: 0, fail: undefined };
let service: Service;

beforeAll(async () => {
  await tokens.verifier.start();
  service = await testService({
    context,
    routes,
    clock,
    rateLimits,
    idempotency: mapIdempotency(),
    verifier: tokens.verifier,
    audiences: ['customer', 'staff'],
  });
});
afterAll(() => service.stop());
beforeEach(() => {
  rateLimits.used.clear();
  clock.set(new Date());
  context.fail = undefined;
});

function call(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...headers } };
  return service.fetch(
    new Request(`http://bank.test${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
  );
}

describe('a bearer token', () => {
  it('says who asks', async () => {
    const [sub, sid, did] = [uuidv7(), uuidv7(), uuidv7()];
    const response = await call('GET', '/v1/who', tokens.headers({ sub, sid, did }));
    expect(await response.json()).toMatchObject({
      actor: { kind: 'user', userId: sub, sessionId: sid, deviceId: did, acr: 'aal1', audience: 'customer' },
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['no token', {}, 'auth.token.missing', 'Bearer realm="user-service"'],
    [
      'another scheme',
      { authorization: 'Basic YTpi' },
      'auth.token.invalid',
      'Bearer realm="user-service", error="invalid_token"',
    ],
    [
      'rubbish',
      { authorization: 'Bearer x.y.z' },
      'auth.token.invalid',
      'Bearer realm="user-service", error="invalid_token"',
    ],
    [
      'two tokens',
      { authorization: 'Bearer a.b.c, Bearer d.e.f' },
      'auth.token.invalid',
      'Bearer realm="user-service", error="invalid_token"',
    ],
  ])('is demanded: %s', async (_name, headers, code, challenge) => {
    const response = await call('GET', '/v1/who', headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(await response.json()).toMatchObject({ code });
  });

  it('SR-17 is the only thing that says who asks', async () => {
    const headers = { 'x-user-id': uuidv7(), 'x-internal-user': 'admin', 'bank-user-token': tokens.mint() };
    expect((await call('GET', '/v1/who', headers)).status).toBe(401);
  });

  it('SR-56 must be for the audience of the service or of the route', async () => {
    const headers = tokens.headers({ aud: 'enrolment', roles: [] });
    expect((await call('GET', '/v1/who', headers)).status).toBe(401);
    expect((await call('POST', '/v1/enrolment', headers)).status).toBe(204);
  });

  it('SR-60 bound to a key is worth nothing without the proof', async () => {
    const response = await call('GET', '/v1/who', tokens.headers({ cnf: { jkt: 'A'.repeat(43) } }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'auth.proof.invalid' });
  });

  it('keeps a body unread until it is good', async () => {
    const response = await call('POST', '/v1/things', { 'content-type': 'text/plain' }, 'x');
    expect(response.status).toBe(401);
  });
});

describe('SR-17 the client address', () => {
  it('comes from the trusted hop alone', async () => {
    const headers = {
      ...tokens.headers(),
      'x-forwarded-for': '6.6.6.6, 203.0.113.9',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    };
    expect(await (await call('GET', '/v1/who', headers)).json()).toMatchObject({ address: '203.0.113.9' });
  });
});

describe('a permission', () => {
  it.each([
    [200, { roles: ['support'], acr: 'aal2', aud: 'staff' }, undefined],
    [403, { roles: ['customer'], acr: 'aal2' }, 'access.forbidden'],
    [403, { roles: ['support'], acr: 'aal1' }, 'auth.step_up.required'],
  ])('answers %i to %j', async (status, claims, code) => {
    const response = await call('GET', '/v1/staff', tokens.headers(claims));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(code === undefined ? {} : { code });
  });
});

describe('SR-62 step-up', () => {
  it('takes an authentication that is strong and fresh, to the second', async () => {
    const seconds = Math.floor(Date.now() / 1000) - 100;
    const headers = tokens.headers({ acr: 'aal2', auth_time: seconds });
    clock.set(new Date((seconds + 300) * 1000));
    expect((await call('DELETE', '/v1/factor', headers)).status).toBe(204);
    clock.set(new Date((seconds + 301) * 1000));
    const response = await call('DELETE', '/v1/factor', headers);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 });
  });

  it('takes no weaker one', async () => {
    expect((await call('DELETE', '/v1/factor', tokens.headers({ acr: 'aal1' }))).status).toBe(403);
    expect((await call('DELETE', '/v1/factor', tokens.headers({ acr: 'aal3' }))).status).toBe(204);
  });
});

describe('If-Match', () => {
  it.each<[number, Record<string, string>]>([
    [428, {}],
    [428, { 'if-match': '*' }],
    [412, { 'if-match': '"other"' }],
    [200, { 'if-match': '"v3"' }],
  ])('answers %i to %j', async (status, headers) => {
    const response = await call('PATCH', '/v1/thing', { ...tokens.headers(), ...headers }, { a: 1 });
    expect(response.status).toBe(status);
  });

  it('stands beside JSON Merge Patch', async () => {
    const headers = { ...tokens.headers(), 'if-match': '"v3"', 'content-type': 'application/merge-patch+json' };
    expect(await (await call('PATCH', '/v1/thing', headers, { a: null })).json()).toEqual({
      version: 3,
      body: { a: null },
    });
  });
});

describe('SR-18 rate limits', () => {
  const target = (name: string, address = '198.51.100.1') =>
    call('POST', '/v1/limited', { 'x-forwarded-for': address }, { target: name });

  it('are told on every answer', async () => {
    const response = await target('a');
    expect(response.headers.get('ratelimit-policy')).toBe('"by-address";q=2;w=60, "by-target";q=1;w=600');
    expect(response.headers.get('ratelimit')).toBe('"by-address";r=1;t=60, "by-target";r=0;t=600');
  });

  it('count by target, and say when to come back', async () => {
    await target('a');
    const response = await target('a');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('600');
    expect(response.headers.get('ratelimit')).toBe('"by-target";r=0;t=600');
    expect(await response.json()).toMatchObject({ code: 'request.rate_limited', retryAfterSeconds: 600 });
  });

  it('count by address before anything else, all of an IPv6 /64 together', async () => {
    await target('a', '2001:db8::1');
    await target('b', '2001:db8::2');
    expect((await target('c', '2001:db8:0:0:ffff::3')).status).toBe(429);
    expect((await target('c', '2001:db8:0:1::3')).status).toBe(204);
  });

  it('count by user under a hash tag', async () => {
    const sub = uuidv7();
    expect((await call('GET', '/v1/limited-user', tokens.headers({ sub }))).status).toBe(204);
    expect((await call('GET', '/v1/limited-user', tokens.headers({ sub }))).status).toBe(429);
    expect((await call('GET', '/v1/limited-user', tokens.headers())).status).toBe(204);
    expect([...rateLimits.used.keys()]).toContain(`by-user:{${sub}}`);
  });

  it('SR-19 that nobody can count let nobody through', async () => {
    const broken = { consume: () => Promise.reject(new Error('no Redis')) };
    const other = await testService({
      context,
      routes,
      verifier: { verify: tokens.verifier.verify },
      rateLimits: broken,
    });
    const request = new Request('http://bank.test/v1/limited', { method: 'POST', body: '{}' });
    const response = await other.fetch(request);
    expect(response.status).toBe(503);
    await other.stop();
  });
});

describe('Idempotency-Key', () => {
  const sub = uuidv7();
  const make = (key: string, body: unknown = { a: 1 }, user = sub) =>
    call('POST', '/v1/things', { ...tokens.headers({ sub: user }), 'idempotency-key': key }, body);

  it('gives the same answer again', async () => {
    const first = await make('key-1');
    const again = await make('key-1');
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.json()).toEqual(await first.json());
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('etag')).toBe('"v1"');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  it('SR-73 of another body is a conflict, of another user another key', async () => {
    await make('key-2');
    const response = await make('key-2', { a: 2 });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'request.idempotency_conflict' });
    const other = await make('key-2', { a: 2 }, uuidv7());
    expect(other.headers.get('idempotency-replayed')).toBeNull();
  });

  it('lets one of many through', async () => {
    const before = context.made;
    const answers = winners(await raceOf(16, () => make('key-3')));
    const statuses = answers.map(({ status }) => status);
    expect(context.made).toBe(before + 1);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
  });

  it('is free again after a refusal, and stays taken after an accident', async () => {
    context.fail = new DomainError('user.state.blocked');
    expect((await make('key-4')).status).toBe(403);
    context.fail = undefined;
    expect((await make('key-4', { corrected: true })).status).toBe(201);
    context.fail = new Error('who knows how far it came');
    expect((await make('key-5')).status).toBe(500);
    context.fail = undefined;
    const response = await make('key-5');
    expect(response.status).toBe(409);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('must be visible ASCII', async () => {
    expect((await make('k'.repeat(256))).status).toBe(422);
    expect((await make('with space')).status).toBe(422);
  });

  it('is optional', async () => {
    expect((await call('POST', '/v1/things', tokens.headers(), {})).status).toBe(201);
  });
});
