import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { rotateSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, send } from './support/http.ts';
import { fromConsole, staffToken } from './support/staff.ts';

const auth = await startAuth();
const hourMs = 3_600_000;

async function keyIds(): Promise<string[]> {
  const { body } = await get(auth, '/.well-known/jwks.json');
  return body.keys.map(({ kid }: { kid: string }) => kid);
}

const authorize = (query: string, token?: string) =>
  send(auth, 'GET', `/authorize${query}`, undefined, token === undefined ? {} : { token });

describe('an access token', () => {
  it('SR-59 carries ids and no personal data', async () => {
    const account = await register(auth);
    const claims = decodeJwt(account.accessToken);
    expect(decodeProtectedHeader(account.accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String),
    });
    expect(claims).toEqual({
      iss: 'https://id.bank.example',
      aud: 'user-service',
      sub: account.id,
      sid: account.sessionId,
      did: account.device.id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      acr: 'aal1',
      amr: ['pwd', 'otp'],
      roles: ['customer'],
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeLessThanOrEqual(300);
  });

  it('is verified by anybody with the public keys', async () => {
    const account = await register(auth);
    const keys = createRemoteJWKSet(new URL(`${auth.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(account.accessToken, keys, { issuer: 'https://id.bank.example' });
    expect(payload.sub).toBe(account.id);
  });
});

describe('GET /.well-known/jwks.json', () => {
  it('SR-58 200 shows public members only, and may be kept', async () => {
    const { status, body, headers } = await get(auth, '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('SR-58 shows the next key a day ahead, signs with it when its time has come, and forgets the old one last', async () => {
    const account = await register(auth);
    const [first = ''] = await keyIds();
    auth.clock.advance(29 * 24 * hourMs + 60_000);
    await Promise.all([rotateSigningKeys(auth.ctx), rotateSigningKeys(auth.ctx)]);
    const [, next = ''] = await keyIds();
    expect(await keyIds()).toEqual([first, next]);
    expect(decodeProtectedHeader(await freshToken(account)).kid).toBe(first);

    auth.clock.advance(24 * hourMs - 120_000);
    const last = await freshToken(account);
    auth.clock.advance(120_000);
    const newest = await freshToken(account);
    expect([decodeProtectedHeader(last).kid, decodeProtectedHeader(newest).kid]).toEqual([first, next]);
    for (const token of [last, newest]) expect((await get(auth, '/v1/auth/session', token)).status).toBe(200);

    auth.clock.advance(25 * hourMs);
    await rotateSigningKeys(auth.ctx);
    expect(await keyIds()).toEqual([next]);
    const text = await auth.ctx.metrics.text();
    const hours = Number(/^signing_key_age_seconds\{.*\} (.*)$/m.exec(text)?.[1]) / 3600;
    expect(hours).toBeGreaterThan(24.9);
    expect(hours).toBeLessThan(26);
  });

  it('SR-84 keeps private keys sealed', async () => {
    const rows = await auth.database.query<{ sealed_private: Buffer }>('select sealed_private from auth.signing_keys');
    const pkcs8 = Buffer.from('3081', 'hex');
    for (const { sealed_private: sealed } of rows) expect(sealed.subarray(0, 2).equals(pkcs8)).toBe(false);
  });
});

describe('GET /authorize', () => {
  it('204 with who it is', async () => {
    const account = await register(auth);
    const { status, headers } = await authorize('?audience=user-service&acr=aal1&maxAge=60', account.accessToken);
    expect(status).toBe(204);
    expect(headers.get('x-internal-user-id')).toBe(account.id);
    expect(headers.get('x-internal-session-id')).toBe(account.sessionId);
    expect(headers.get('x-internal-roles')).toBe('customer');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s is answered alike, and with 200 where 204 would be a no',
    async (method) => {
      const account = await register(auth);
      const ask = (token?: string) =>
        send(
          auth,
          method,
          '/authorize?audience=user-service&status=200',
          undefined,
          token === undefined ? {} : { token },
        );
      const { status, headers } = await ask(account.accessToken);
      expect([status, headers.get('x-internal-user-id')]).toEqual([200, account.id]);
      expect((await ask()).status).toBe(401);
    },
  );

  it('SR-17 takes nothing but the token for who somebody is', async () => {
    const account = await register(auth);
    const forged = { 'x-internal-user-id': account.id, 'x-internal-roles': 'admin', 'x-user-id': account.id };
    const answer = await send(auth, 'GET', '/authorize?audience=user-service', undefined, { headers: forged });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-internal-user-id')).toBeNull();
  });

  it.each([
    '',
    '?audience=',
    '?audience=payments',
    '?audience=user-service&maxAge=soon',
    '?audience=user-service&debug=1',
  ])('400 for a gateway that asks %s', async (query) => {
    const account = await register(auth);
    expect((await authorize(query, account.accessToken)).status).toBe(400);
  });

  it('is asked as docs/integrating.md has each gateway ask', async () => {
    const account = await register(auth);
    const page = readFileSync(join(import.meta.dirname, '../../../docs/integrating.md'), 'utf8');
    const questions = [...page.matchAll(/\/authorize(\?[\w=&-]+)/g)].map(([, query = '']) => query);
    expect(questions).toHaveLength(4);
    for (const query of questions) {
      // A step-up is all that the token lacks.
      expect((await authorize(query, account.accessToken)).body).toMatchObject({ code: 'auth.step_up.required' });
    }
  });

  it('401 without a token, SR-56 and with one for another audience', async () => {
    const account = await register(auth);
    expect((await authorize('?audience=user-service')).status).toBe(401);
    expect((await authorize('?audience=user-service-staff', account.accessToken)).status).toBe(401);
  });

  it.each([
    ['at the public listener', { 'x-bank-listener': 'public' }, 401],
    ['where the gateway says no listener', {}, 401],
    ['at the listener of staff', fromConsole, 204],
  ])('SR-72 a token of staff %s', async (_where, headers, expected) => {
    const authorization = `Bearer ${await staffToken(auth, 'support')}`;
    const answer = await send(auth, 'GET', '/authorize?audience=user-service-staff', undefined, {
      headers: { authorization, ...headers },
    });
    expect(answer.status).toBe(expected);
    expect(answer.headers.has('x-internal-user-id')).toBe(expected === 204);
    if (expected === 401) expect(answer.body.code).toBe('auth.token.invalid');
  });

  it('SR-62 a password alone, on a device that was not known, is no fresh authentication', async () => {
    const account = await register(auth);
    const stolen = (await signIn(auth, account)).body.accessToken;
    const known = (await signIn(auth, account, { device: { secret: account.device.secret } })).body.accessToken;
    const query = '?audience=user-service&acr=aal1&maxAge=300';
    const refused = await authorize(query, stolen);
    expect([refused.status, refused.body.code, refused.body.maxAgeSeconds]).toEqual([
      403,
      'auth.step_up.required',
      300,
    ]);
    expect((await authorize(query, known)).status).toBe(204);
    expect((await authorize('?audience=user-service&acr=aal1', stolen)).status).toBe(204);
  });

  it('403 says what to get when more is needed', async () => {
    const account = await register(auth);
    const weak = await authorize('?audience=user-service&acr=aal2&maxAge=300', account.accessToken);
    expect([weak.status, weak.body.code]).toEqual([403, 'auth.step_up.required']);
    expect(weak.body).toMatchObject({ acr: 'aal2', maxAgeSeconds: 300 });
    expect(weak.headers.get('www-authenticate')).toBe(
      'Bearer realm="user-service", error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    const missing = await authorize('?audience=user-service&permission=users.read', account.accessToken);
    expect([missing.status, missing.body.code]).toEqual([403, 'access.forbidden']);
    auth.clock.advance(61_000);
    const old = await authorize('?audience=user-service&maxAge=60', account.accessToken);
    expect(old.body.code).toBe('auth.step_up.required');
  });
});

async function freshToken(account: Account): Promise<string> {
  return (await signIn(auth, account)).body.accessToken;
}
