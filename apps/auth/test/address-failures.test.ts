import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, freshEmail, password, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, post } from './support/http.ts';
import { passkeyOf, passkeySignIn } from './support/passkeys.ts';

const auth = await startAuth({ env: { RATE_LIMIT_IP_MULTIPLIER: '1' } });

function signInFrom(address: string, identifier: string, secret?: string) {
  const headers = { 'x-forwarded-for': address, forwarded: `for=${freshEmail()}`, 'x-real-ip': '192.0.2.99' };
  return post(auth, '/v1/auth/login', { identifier, password, ...(secret && { device: { secret } }) }, { headers });
}

describe('failures by client address', () => {
  it('SR-17 429 after a hundred in ten minutes, whatever else the client says of its address', async () => {
    const account = await register(auth);
    for (let failures = 0; failures < 100; failures += 1) await signInFrom('198.51.100.7', freshEmail());
    const refused = await signInFrom('198.51.100.7', account.email);
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await signInFrom('203.0.113.1, 198.51.100.7', account.email)).status).toBe(429);
    expect((await signInFrom('198.51.100.8', account.email)).status).toBe(200);
  });

  it('counts an IPv6 network as one', async () => {
    for (let failures = 0; failures < 100; failures += 1) {
      await signInFrom(`2001:db8:1:2::${failures.toString(16)}`, freshEmail());
    }
    expect((await signInFrom('2001:db8:1:2:ffff::1', freshEmail())).status).toBe(429);
    expect((await signInFrom('2001:db8:1:3::1', freshEmail())).status).toBe(401);
  });

  it('SR-17, SR-18 counts an IPv6 /48 as sixteen, however many networks its owner takes', async () => {
    const window = { points: 1600, windowSeconds: 600 };
    await auth.ctx.rateLimits.consume('sign-in-failures:2001:db8:48::/48', window, 1595);
    const account = await register(auth);
    for (let network = 0; network < 5; network += 1) {
      expect((await signInFrom(`2001:db8:48:${network}::1`, freshEmail())).status).toBe(401);
    }
    const refused = await signInFrom('2001:db8:48:ffff::1', account.email);
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect((await signInFrom('2001:db8:49::1', account.email)).status).toBe(200);
    // What was refused, or right, has cost the /48 nothing.
    await auth.ctx.rateLimits.consume('sign-in-failures:2001:db8:48::/48', window, -1);
    for (let successes = 0; successes < 3; successes += 1) {
      expect((await signInFrom('2001:db8:48:ffff::1', account.email)).status).toBe(200);
    }
    expect((await signInFrom('2001:db8:48:ffff::1', freshEmail())).status).toBe(401);
    expect((await signInFrom('2001:db8:48:fffe::1', account.email)).status).toBe(429);
  });

  it('SR-18 whoever fails on behind one IPv6 /64 takes nothing from the others of its /48', async () => {
    for (let failures = 0; failures < 130; failures += 1) await signInFrom('2001:db8:4a:1::1', freshEmail());
    const taken = { points: 1600, windowSeconds: 600 };
    const { remaining } = await auth.ctx.rateLimits.consume('sign-in-failures:2001:db8:4a::/48', taken);
    expect(remaining).toBe(1600 - 100 - 1);
  });

  it('SR-13 counts passkeys and passwords together', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.77' };
    for (let failures = 0; failures < 100; failures += 1) {
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

  it('counts no attempt that a lock has stopped', async () => {
    const account = await register(auth);
    const wrong = { identifier: account.email, password: 'not the right one' };
    const headers = { 'x-forwarded-for': '198.51.100.10' };
    for (let failures = 0; failures < 5; failures += 1) await post(auth, '/v1/auth/login', wrong, { headers });
    for (let refusals = 0; refusals < 96; refusals += 1) {
      expect((await post(auth, '/v1/auth/login', wrong, { headers })).body.code).toBe('auth.credentials.locked');
    }
    expect((await signInFrom('198.51.100.10', freshEmail())).status).toBe(401);
  });
});

describe('SR-12 failures of a client address that come all at once', () => {
  const statusesOf = (answers: readonly PromiseSettledResult<Answer>[]) => winners(answers).map(({ status }) => status);
  const times = (status: number, count: number): number[] => Array(count).fill(status);

  it('are hashed a hundred times and no more', async () => {
    const before = auth.ctx.hasher.stats().completed;
    const answers = await raceOf(300, () => signInFrom('198.51.100.20', freshEmail()));
    expect(statusesOf(answers).sort()).toEqual([...times(401, 100), ...times(429, 200)]);
    expect(auth.ctx.hasher.stats().completed - before).toBe(100);
  });

  it('are judged a hundred times and no more, whichever paths they come by', async () => {
    const { accessToken: token } = await register(auth);
    const headers = { 'x-forwarded-for': '198.51.100.21' };
    Object.assign(auth.neighbours, { proof: { kind: 'wrong' }, passkey: { kind: 'wrong' } });
    const proof = { challengeId: uuidv7(), response: { code: '123456' } };
    const paths = [
      () => signInFrom('198.51.100.21', freshEmail()),
      () => passkeySignIn(auth, {}, { headers }),
      () => post(auth, '/v1/auth/step-up/verify', proof, { token, headers }),
    ];
    const { asked } = auth.neighbours;
    const judged = () => auth.ctx.hasher.stats().completed + asked.passkeys.length + asked.proofs.length;
    const before = judged();
    const answers = await raceOf(150, (number) => paths[number % 3]?.() ?? Promise.reject(new Error('no path')));
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    expect(statusesOf(answers).sort()).toEqual([...times(401, 100), ...times(429, 50)]);
    expect(judged() - before).toBe(100);
  });

  it('leave those alone who sign in at once behind one address, and all hundred to who fails afterwards', async () => {
    const accounts: Account[] = [];
    while (accounts.length < 18) accounts.push(await register(auth));
    // Four at once in each pool: the fifth would lock it until one of them has succeeded.
    const answers = await raceOf(144, (number) => {
      const { email, device } = accounts[number % 18] as Account;
      return signInFrom('198.51.100.22', email, number < 72 ? device.secret : undefined);
    });
    expect(statusesOf(answers)).toEqual(times(200, 144));
    const failures = await raceOf(110, () => signInFrom('198.51.100.22', freshEmail()));
    expect(statusesOf(failures).sort()).toEqual([...times(401, 100), ...times(429, 10)]);
  });
});
