import { describe, expect, it } from 'vitest';
import { freshEmail, password, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { passkeyOf, passkeySignIn } from './support/passkeys.ts';

const auth = await startAuth({ env: { RATE_LIMIT_IP_MULTIPLIER: '1' } });

function signInFrom(address: string, identifier: string) {
  const headers = { 'x-forwarded-for': address, forwarded: `for=${freshEmail()}`, 'x-real-ip': '192.0.2.99' };
  return post(auth, '/v1/auth/login', { identifier, password }, { headers });
}

describe('failures by client address', () => {
  it('SR-17 429 after a hundred in ten minutes, whatever else the client says of its address', async () => {
    const account = await register(auth);
    for (let failures = 0; failures <= 100; failures += 1) await signInFrom('198.51.100.7', freshEmail());
    const refused = await signInFrom('198.51.100.7', account.email);
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await signInFrom('203.0.113.1, 198.51.100.7', account.email)).status).toBe(429);
    expect((await signInFrom('198.51.100.8', account.email)).status).toBe(200);
  });

  it('counts an IPv6 network as one', async () => {
    for (let failures = 0; failures <= 100; failures += 1) {
      await signInFrom(`2001:db8:1:2::${failures.toString(16)}`, freshEmail());
    }
    expect((await signInFrom('2001:db8:1:2:ffff::1', freshEmail())).status).toBe(429);
    expect((await signInFrom('2001:db8:1:3::1', freshEmail())).status).toBe(401);
  });

  it('SR-13 counts passkeys and passwords together', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.77' };
    for (let failures = 0; failures <= 100; failures += 1) {
      const { status } = await (failures % 2 === 0
        ? passkeySignIn(auth, {}, { headers })
        : signInFrom('198.51.100.77', freshEmail()));
      expect(status).toBe(401);
    }
    const account = await register(auth);
    auth.neighbours.passkey = passkeyOf(account);
    const refused = await passkeySignIn(auth, {}, { headers });
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect((await signInFrom('198.51.100.77', account.email)).status).toBe(429);
    expect((await passkeySignIn(auth, {}, { headers: { 'x-forwarded-for': '198.51.100.78' } })).status).toBe(200);
  });

  it('never counts a success', async () => {
    const account = await register(auth);
    for (let successes = 0; successes < 120; successes += 1) {
      expect((await signInFrom('198.51.100.9', account.email)).status).toBe(200);
    }
  });
});
