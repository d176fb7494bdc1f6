import { audiences, DomainError, type ErrorCode, uuidv7 } from '@bank/domain';
import { fixedClock } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineRoutes, noContent, ok, type Service, versionOf } from '#index.ts';
import { testService } from './support/service.ts';
import { testTokens } from './support/tokens.ts';

const described = { summary: 'x', tag: 'x', errors: [] } as const;
const Any = v.any();

const routes = defineRoutes<null>([
  {
    ...described,
    method: 'GET',
    path: '/v1/who',
    access: 'user',
    responses: { 200: Any },
    handle: async (_ctx, request) =>
      ok({ actor: request.actor, claims: request.claims, address: request.clientAddress }),
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
    audiences: [audiences.customers, audiences.enrolment],
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
    method: 'POST',
    path: '/v1/factor',
    access: 'user',
    stepUp: { acr: 'aal1', maxAgeSeconds: 300 },
    responses: { 204: null },
    handle: async () => noContent(),
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/proof',
    access: 'user',
    body: Any,
    errors: ['auth.credentials.invalid', 'auth.second_factor.invalid'],
    responses: { 204: null },
    async handle(_ctx, { body }) {
      throw new DomainError((body as { code: ErrorCode }).code);
    },
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/sign-in',
    access: 'public',
    body: Any,
    errors: ['auth.credentials.invalid'],
    responses: { 204: null },
    async handle() {
      throw new DomainError('auth.credentials.invalid');
    },
  },
  {
    ...described,
    method: 'PATCH',
    path: '/v1/thing',
    access: 'user',
    ifMatch: 'required',
    body: Any,
    responses: { 200: Any },
    handle: async (_ctx, request) => {
      if (versionOf(request) !== 3) throw new DomainError('request.precondition_failed');
      return ok({ version: 3, body: request.body });
    },
  },
]);

const tokens = testTokens();
const clock = fixedClock(new Date());
let service: Service;

beforeAll(async () => {
  await tokens.verifier.start();
  service = await testService({
    context: null,
    routes,
    clock,
    verifier: tokens.verifier,
    audiences: [audiences.customers, audiences.staff],
  });
});
afterAll(() => service.stop());
beforeEach(() => clock.set(new Date()));

function call(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...headers } };
  return service.fetch(
    new Request(`http://bank.test${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
  );
}

/** What the gateway says of a request at the listener of staff. */
const atStaffs = { 'x-bank-listener': 'staff' };

const possession = 'DPoP realm="user-service", algs="ES256 EdDSA"';
const anyScheme = `Bearer realm="user-service", ${possession}`;
const wrongToken = `Bearer realm="user-service", error="invalid_token", ${possession}, error="invalid_token"`;

describe('a bearer token', () => {
  it('says who asks', async () => {
    const [sub, sid, did] = [uuidv7(), uuidv7(), uuidv7()];
    const response = await call('GET', '/v1/who', tokens.headers({ sub, sid, did }));
    expect(await response.json()).toMatchObject({
      claims: { sub, sid, exp: expect.any(Number) },
      actor: { kind: 'user', userId: sub, sessionId: sid, deviceId: did, acr: 'aal1', audience: audiences.customers },
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['no token', {}, 'auth.token.missing', anyScheme],
    ['another scheme', { authorization: 'Basic YTpi' }, 'auth.token.invalid', wrongToken],
    ['rubbish', { authorization: 'Bearer x.y.z' }, 'auth.token.invalid', wrongToken],
    ['two tokens', { authorization: 'Bearer a.b.c, Bearer d.e.f' }, 'auth.token.invalid', wrongToken],
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
    const headers = { ...tokens.headers({ aud: 'enrolment', roles: [] }), ...atStaffs };
    expect((await call('GET', '/v1/who', headers)).status).toBe(401);
    expect((await call('POST', '/v1/enrolment', headers)).status).toBe(204);
  });

  it.each([
    ['at the public listener', audiences.staff, { 'x-bank-listener': 'public' }, 401],
    ['without a word of the gateway', audiences.staff, {}, 401],
    ['at another listener', audiences.staff, { 'x-bank-listener': 'Staff' }, 401],
    ['at the listener of staff', audiences.staff, { 'x-bank-listener': 'staff' }, 200],
    ['at the listener of staff', audiences.customers, { 'x-bank-listener': 'staff' }, 200],
    ['at the public listener', audiences.customers, { 'x-bank-listener': 'public' }, 200],
  ])('SR-72 %s, for %s', async (_where, aud, listener, status) => {
    const response = await call('GET', '/v1/who', { ...tokens.headers({ aud }), ...listener });
    expect(response.status).toBe(status);
    if (status !== 200) expect(await response.json()).toMatchObject({ code: 'auth.token.invalid' });
  });

  it('SR-72 for enrolling opens nothing at the public listener', async () => {
    const headers = tokens.headers({ aud: audiences.enrolment, roles: [] });
    expect((await call('POST', '/v1/enrolment', headers)).status).toBe(401);
  });

  it('SR-60 bound to a key is worth nothing without the proof', async () => {
    const response = await call('GET', '/v1/who', tokens.headers({ cnf: { jkt: 'A'.repeat(43) } }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'auth.proof.invalid' });
  });

  it.each(['auth.credentials.invalid', 'auth.second_factor.invalid'])(
    'has no challenge where it is good and the body is refused, which no refresh mends: %s',
    async (code) => {
      const response = await call('POST', '/v1/proof', tokens.headers(), { code });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBeNull();
    },
  );

  it('has one where it is good no longer', async () => {
    const response = await call('POST', '/v1/proof', tokens.headers(), { code: 'auth.token.invalid' });
    expect(response.headers.get('www-authenticate')).toBe(wrongToken);
  });

  it('is asked for by a sign-in that fails without one (RFC 9110 §15.5.2)', async () => {
    const response = await call('POST', '/v1/sign-in', {}, {});
    expect(response.headers.get('www-authenticate')).toBe(anyScheme);
  });

  it('keeps a body unread until it is good', async () => {
    const response = await call('PATCH', '/v1/thing', { 'content-type': 'text/plain' }, 'x');
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
    [200, { roles: ['support'], acr: 'aal2', aud: audiences.staff }, undefined],
    [403, { roles: ['customer'], acr: 'aal2', aud: audiences.staff }, 'access.forbidden'],
    [403, { roles: ['support'], acr: 'aal2', aud: audiences.customers }, 'access.forbidden'],
    [403, { roles: ['support'], acr: 'aal1', aud: audiences.staff }, 'auth.step_up.required'],
  ])('answers %i to %j', async (status, claims, code) => {
    const response = await call('GET', '/v1/staff', { ...tokens.headers(claims), ...atStaffs });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(code === undefined ? {} : { code });
  });
});

describe('SR-62 step-up', () => {
  it.each([
    [['pwd'], 403],
    [['pwd', 'device'], 204],
    [['pwd', 'otp'], 204],
    [['swk', 'user', 'mfa'], 204],
  ])('SR-31 at aal1 is more than a password on whatever device: %j', async (amr, status) => {
    expect((await call('POST', '/v1/factor', tokens.headers({ amr }))).status).toBe(status);
  });

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
    [412, { 'if-match': '"v2"' }],
    [200, { 'if-match': '"v3"' }],
    [200, { 'if-match': '"v3", "v2"' }],
    [200, { 'if-match': '"v1","v2" , "v3"' }],
    [412, { 'if-match': '"v1", "v2", W/"v3"' }],
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
