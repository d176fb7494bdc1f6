import { DomainError, uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { created, defineRoutes, noContent, type Service } from '#index.ts';
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
    method: 'POST',
    path: '/v1/things',
    access: 'user',
    idempotent: true,
    etag: true,
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
    path: '/v1/limited-site',
    access: 'public',
    limits: [{ name: 'by-site', points: 2, windowSeconds: 60, by: 'address', siteTimes: 3 }],
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
const rateLimits = mapRateLimits();
const context: Context = { made: 0, fail: undefined };
let service: Service;

beforeAll(async () => {
  await tokens.verifier.start();
  service = await testService({
    context,
    routes,
    rateLimits,
    idempotency: mapIdempotency(),
    verifier: tokens.verifier,
  });
});
afterAll(() => service.stop());
beforeEach(() => {
  rateLimits.used.clear();
  context.fail = undefined;
});

function call(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...headers } };
  return service.fetch(
    new Request(`http://bank.test${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
  );
}

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

  it('count a /48 sixteen times, however many /64 its owner takes, and nothing that the /64 has refused', async () => {
    const statuses: number[] = [];
    for (let number = 0; number < 40; number += 1) {
      const address = `2001:db8:48:${Math.floor(number / 2).toString(16)}::1`;
      statuses.push((await target(`t${number}`, address)).status);
    }
    expect(statuses).toEqual([...Array(32).fill(204), ...Array(8).fill(429)]);
    expect((await target('other', '2001:db8:49::1')).status).toBe(204);
    for (let number = 0; number < 100; number += 1) await target(`own${number}`, '2001:db8:50:1::1');
    expect((await target('neighbour', '2001:db8:50:2::1')).status).toBe(204);
  });

  it('count a /48 as many times as a limit says, where one does', async () => {
    const statuses: number[] = [];
    for (let number = 0; number < 8; number += 1) {
      const address = `2001:db8:48:${number.toString(16)}::1`;
      statuses.push((await call('GET', '/v1/limited-site', { 'x-forwarded-for': address })).status);
    }
    expect(statuses).toEqual([...Array(6).fill(204), 429, 429]);
  });

  it('SR-18 at the end of a /48 the answer says when to come back, as at that of a /64', async () => {
    for (let number = 0; number < 32; number += 1) {
      await target(`t${number}`, `2001:db8:51:${Math.floor(number / 2).toString(16)}::1`);
    }
    const response = await target('last', '2001:db8:51:ff::1');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
    expect(response.headers.get('ratelimit')).toBe('"by-address";r=0;t=60');
  });

  it('count by user under a hash tag', async () => {
    const sub = uuidv7();
    expect((await call('GET', '/v1/limited-user', tokens.headers({ sub }))).status).toBe(204);
    expect((await call('GET', '/v1/limited-user', tokens.headers({ sub }))).status).toBe(429);
    expect((await call('GET', '/v1/limited-user', tokens.headers())).status).toBe(204);
    expect([...rateLimits.used.keys()]).toContain(`{${sub}}:by-user`);
  });

  it('by address are as many times wider as the configuration says, all others are not', async () => {
    const wide = await testService({
      context,
      routes,
      verifier: { verify: tokens.verifier.verify },
      addressMultiplier: 100,
    });
    const body = JSON.stringify({ target: 'a' });
    const headers = { 'content-type': 'application/json' };
    const response = await wide.fetch(new Request('http://bank.test/v1/limited', { method: 'POST', body, headers }));
    expect(response.headers.get('ratelimit-policy')).toBe('"by-address";q=200;w=60, "by-target";q=1;w=600');
    await wide.stop();
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

  it('is free again after a refusal', async () => {
    context.fail = new DomainError('user.state.blocked');
    expect((await make('key-4')).status).toBe(403);
    context.fail = undefined;
    expect((await make('key-4', { corrected: true })).status).toBe(201);
  });

  it('is free again at once where it is sure that nothing was done', async () => {
    context.fail = new DomainError('service.unavailable', { isUndone: true });
    expect((await make('key-undone')).status).toBe(503);
    context.fail = undefined;
    expect((await make('key-undone')).status).toBe(201);
  });

  it.each([
    ['an accident', new Error('who knows how far it came'), 500],
    ['a failure of our own', new DomainError('service.internal'), 500],
    ['a dependency that went away', new DomainError('service.unavailable'), 503],
  ])('stays taken after %s, which may have happened', async (name, fail, status) => {
    context.fail = fail;
    const key = `after-${name.replaceAll(' ', '-')}`;
    expect((await make(key)).status).toBe(status);
    context.fail = undefined;
    const response = await make(key);
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
