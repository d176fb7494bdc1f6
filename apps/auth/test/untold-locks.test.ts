import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { keyedHash } from '@bank/security';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, codeFor, messagesTo, password, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { toldAbout } from './support/passwords.ts';

const auth = await startAuth();
const wrong = { password: 'not the right one' };

beforeEach(() => {
  auth.neighbours.factors = [totpFactor];
});

/** First halves that nobody completes. */
async function begin(account: Account, count: number): Promise<void> {
  for (let tries = 0; tries < count; tries += 1) expect((await signIn(auth, account)).body.status).toBe('mfa_required');
}

/** How often the ledger, the house and the user have been told of a lock. */
async function told(account: Account): Promise<number[]> {
  const all = await toldAbout(auth, account.id);
  const count = (what: string) => all.filter((one) => one === what).length;
  const mails = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'account-locked');
  return [count('auth.sign_in.locked'), count('auth.locked.v1'), mails.length];
}

describe('SR-20, SR-86 a lock that right passwords brought about', () => {
  it('is told of when it is met, once, and so is the next one, but for the mail', async () => {
    const account = await register(auth);
    await begin(account, 5);
    expect(await told(account)).toEqual([0, 0, 0]);
    for (let tries = 0; tries < 3; tries += 1) expect((await signIn(auth, account)).status).toBe(429);
    expect(await told(account)).toEqual([1, 1, 1]);
    auth.clock.advance(61_000);
    expect((await signIn(auth, account, wrong)).status).toBe(401);
    expect((await signIn(auth, account, wrong)).status).toBe(429);
    expect(await told(account)).toEqual([2, 2, 1]);
  });

  it('says when the pool opens, and which it is', async () => {
    const account = await register(auth);
    await begin(account, 5);
    await signIn(auth, account);
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'auth.locked.v1'`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ pool: 'LOCK_POOL_UNKNOWN_DEVICES', failures: 5 });
    const mail = (await messagesTo(auth, account.id)).find(({ template }) => template === 'account-locked');
    expect(mail?.params).toMatchObject({ minutes: '1' });
  });

  it('is told of where a wrong one comes first after it', async () => {
    const account = await register(auth);
    await begin(account, 5);
    auth.clock.advance(61_000);
    expect((await signIn(auth, account, wrong)).status).toBe(401);
    expect(await told(account)).toEqual([1, 1, 1]);
  });

  it('is told of where another right one follows it, as of who has the password and waits', async () => {
    const account = await register(auth);
    await begin(account, 5);
    auth.clock.advance(61_000);
    await begin(account, 1);
    expect(await told(account)).toEqual([1, 1, 1]);
    auth.clock.advance(121_000);
    await begin(account, 1); // its own lock may be over in a moment
    expect(await told(account)).toEqual([1, 1, 1]);
    auth.clock.advance(241_000);
    await begin(account, 1);
    expect(await told(account)).toEqual([2, 2, 1]);
  });

  it('is told of where a wrong one brought the lock before it about, and a right one that nobody completed this one', async () => {
    const account = await register(auth);
    for (let tries = 0; tries < 5; tries += 1) await signIn(auth, account, wrong);
    auth.clock.advance(61_000);
    await begin(account, 1);
    expect(await told(account)).toEqual([1, 1, 1]);
    auth.clock.advance(121_000);
    await begin(account, 1);
    expect(await told(account)).toEqual([2, 2, 1]);
  });

  it.each([4, 5])('is not told of where the one that locked is completed, after %i wrong ones', async (count) => {
    const account = await register(auth);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    for (let tries = 0; tries < count; tries += 1) await signIn(auth, account, wrong);
    const before = await told(account);
    auth.clock.advance(61_000);
    const { loginId } = (await signIn(auth, account)).body;
    const response = { code: '123456' };
    const half = { loginId, challengeId: '01980000-0000-7000-8000-0000000000c1', response };
    expect((await post(auth, '/v1/auth/login/verify', half)).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await told(account)).toEqual(before);
  });

  it('is told of where mfa was away, so that nobody could judge the attempts', async () => {
    const account = await register(auth);
    auth.neighbours.factors = undefined;
    for (let tries = 0; tries < 5; tries += 1) expect((await signIn(auth, account)).status).toBe(503);
    expect((await signIn(auth, account)).status).toBe(429);
    expect(await told(account)).toEqual([1, 1, 1]);
  });

  it('is told of at a step-up whose codes were wrong, by another session', async () => {
    auth.neighbours.factors = [];
    const account = await register(auth);
    const { accessToken: token, sessionId } = (await signIn(auth, account)).body;
    const stepUp = (code: string) => post(auth, '/v1/auth/step-up/verify', { password, code }, { token });
    await post(auth, '/v1/auth/step-up/challenge', { factorId: sessionId }, { token });
    const right = await codeFor(auth, account.id);
    const code = right === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1) expect((await stepUp(code)).status).toBe(401);
    expect((await stepUp(right)).body.code).toBe('auth.credentials.locked');
    const pools = await auth.database.query(
      `select data -> 'details' ->> 'pool' as pool from auth.outbox
        where subject = $1 and data ->> 'action' = 'auth.sign_in.locked' and data ->> 'reason' is null order by id`,
      [account.id],
    );
    expect(pools).toEqual([{ pool: 'emailed_code' }, { pool: 'unknown' }]);
  });

  it('is told of again where the attempt that locked was given back, and the next one locks', async () => {
    const account = await register(auth);
    await begin(account, 5);
    await signIn(auth, account);
    const key = { subjectHash: keyedHash(auth.ctx.keys.limits, 'user', account.id), pool: 'unknown' };
    const access = { who: allow.system('lockout'), unaudited: 'nothing has been tried' };
    await withTransaction(auth.ctx, access, (tx) => tx.lockouts.giveBack(key));
    await begin(account, 1);
    expect((await signIn(auth, account)).status).toBe(429);
    expect(await told(account)).toEqual([2, 2, 1]);
  });
});
