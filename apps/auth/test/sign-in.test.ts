import { describe, expect, it } from 'vitest';
import { type Account, codeFor, freshEmail, messagesTo, password, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';

const auth = await startAuth();
const wrong = { password: 'not the right one' };

/** What must be the same in two refusals. */
function outside({ status, body, headers }: Answer) {
  const { requestId: _, ...problem } = body;
  const names = [...headers.keys()].filter((name) => !['date', 'x-request-id', 'traceparent'].includes(name));
  return { status, problem, names };
}

async function failTimes(count: number, account: { email: string }, changes: object = {}): Promise<number[]> {
  const statuses: number[] = [];
  for (let tries = 0; tries < count; tries += 1) {
    statuses.push((await signIn(auth, account, { ...wrong, ...changes })).status);
  }
  return statuses;
}

describe('POST /v1/auth/login', () => {
  it('200 opens a session', async () => {
    const account = await register(auth);
    const { status, body, headers } = await signIn(auth, account);
    expect(status).toBe(200);
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 300, acr: 'aal1' });
    expect(headers.get('cache-control')).toBe('no-store');
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body).toMatchObject({ id: body.sessionId, acr: 'aal1', amr: ['pwd'], deviceId: body.device.id });
  });

  it('200 keeps the device whose secret was presented, and gives another one to anybody else', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    const again = await signIn(auth, account, { device: { secret: account.device.secret } });
    expect(again.body.device).toEqual({ id: account.device.id });
    const stranger = await signIn(auth, other, { device: { secret: account.device.secret } });
    expect(stranger.body.device).toEqual({
      id: expect.not.stringMatching(account.device.id),
      secret: expect.any(String),
    });
  });

  it('SR-44 200 opens a new session each time', async () => {
    const account = await register(auth);
    const [first, second] = [await signIn(auth, account), await signIn(auth, account)];
    expect(first.body.sessionId).not.toBe(second.body.sessionId);
    expect(first.body.refreshToken).not.toBe(second.body.refreshToken);
  });

  it('SR-16 401 alike for a wrong password, nobody, a user who is stopped and a sign-in that is denied', async () => {
    const [account, stopped, denied] = [await register(auth), await register(auth), await register(auth)];
    const refusal = outside(await signIn(auth, account, wrong));
    expect(refusal).toMatchObject({ status: 401, problem: { code: 'auth.credentials.invalid' } });
    expect(outside(await signIn(auth, { email: freshEmail() }))).toEqual(refusal);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    expect(outside(await signIn(auth, stopped))).toEqual(refusal);
    auth.neighbours.verdict = 'deny';
    expect(outside(await signIn(auth, denied))).toEqual(refusal);
    auth.neighbours.verdict = 'allow';
    expect((await messagesTo(auth, denied.id)).at(-1)?.template).toBe('sign-in-denied');
  });

  it('SR-3 takes a password whole and exactly, composed and decomposed forms alike', async () => {
    const account = await register(auth);
    expect((await signIn(auth, account, { password: `${password} ` })).status).toBe(401);
    expect((await signIn(auth, account, { password: password.toUpperCase() })).status).toBe(401);
    expect((await signIn(auth, account, { password: password.normalize('NFD') })).status).toBe(200);
  });

  it.each([
    ['no password', { password: undefined }, 'required'],
    ['ten kilobytes of password', { password: 'x'.repeat(10_240) }, 'too_long'],
    ['an identifier that is neither', { identifier: 'nobody' }, 'identifier'],
    ['an unknown field', { remember: true }, 'unknown_field'],
  ])('422 for %s', async (_, changes, rule) => {
    const { status, body } = await post(auth, '/v1/auth/login', { identifier: freshEmail(), password, ...changes });
    expect([status, body.errors[0].rule]).toEqual([422, rule]);
  });

  it('422 for a client of the other listener, whoever says otherwise', async () => {
    const account = await register(auth);
    const { status, body } = await signIn(auth, account, { clientId: 'staff-console' });
    expect([status, body.code]).toEqual([422, 'auth.client.unknown']);
  });

  it('503 for everybody while mfa does not answer, and the attempt stays counted', async () => {
    const account = await register(auth);
    auth.neighbours.factors = undefined;
    for (const changes of [{}, wrong]) expect((await signIn(auth, account, changes)).status).toBe(503);
    expect((await signIn(auth, { email: freshEmail() })).status).toBe(503);
    auth.neighbours.factors = [];
    const [row] = await auth.database.query<{ failures: number }>(
      'select failures from auth.lockouts order by updated_at desc offset 1 limit 1',
    );
    expect(row?.failures).toBe(2);
  });

  it('SR-15 asks device and mfa about nobody as about somebody', async () => {
    const before = auth.neighbours.asked.mfa.length;
    await signIn(auth, { email: freshEmail() });
    expect(auth.neighbours.asked.mfa.length).toBe(before + 1);
    expect(auth.neighbours.asked.device.at(-1)).toBe(auth.neighbours.asked.mfa.at(-1));
  });
});

describe('SR-11 lockout', () => {
  it('429 after five failures, also for the right password, and for nobody alike', async () => {
    const account = await register(auth);
    const nobody = { email: freshEmail() };
    expect(await failTimes(5, account)).toEqual([401, 401, 401, 401, 401]);
    expect(await failTimes(5, nobody)).toEqual([401, 401, 401, 401, 401]);
    const [mine, theirs] = [await signIn(auth, account), await signIn(auth, nobody)];
    expect(mine.body.code).toBe('auth.credentials.locked');
    expect(Number(mine.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    mine.body.retryAfterSeconds = theirs.body.retryAfterSeconds;
    expect(outside(theirs)).toEqual(outside(mine));
  });

  it('locks for longer after the first failure behind a lock, and a success resets it', async () => {
    const account = await register(auth);
    await failTimes(5, account);
    auth.clock.advance(61_000);
    expect((await signIn(auth, account, wrong)).status).toBe(401);
    const locked = await signIn(auth, account);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(60);
    auth.clock.advance(121_000);
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await failTimes(4, account)).toEqual([401, 401, 401, 401]);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('SR-14 strangers cannot lock out a device that the user is known on', async () => {
    const account = await register(auth);
    await failTimes(6, account);
    const known = { device: { secret: account.device.secret } };
    expect((await signIn(auth, account, known)).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(429); // its success resets its own pool only
    await failTimes(5, account, known);
    expect((await signIn(auth, account, known)).status).toBe(429);
  });

  it('a device that signed in by password alone is not known', async () => {
    const account = await register(auth);
    const { body } = await signIn(auth, account);
    await failTimes(5, account, { device: { secret: body.device.secret } });
    expect((await signIn(auth, account)).status).toBe(429);
  });

  it('tells the user once a series, and the rest of the house each time', async () => {
    const account = await register(auth);
    await failTimes(5, account);
    auth.clock.advance(61_000);
    await failTimes(1, account);
    const notices = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'account-locked');
    expect(notices).toHaveLength(1);
    const events = await auth.database.query(`select 1 from auth.outbox where subject = $1 and type = $2`, [
      account.id,
      'auth.locked.v1',
    ]);
    expect(events).toHaveLength(2);
  });

  it('SR-20 tells the user of a success after failures', async () => {
    const account = await register(auth);
    await failTimes(3, account);
    await signIn(auth, account);
    const message = (await messagesTo(auth, account.id)).at(-1);
    expect(message).toMatchObject({ template: 'sign-in-after-failures', params: { failures: '3' } });
  });

  it.each(['a factor', 'an emailed code'])('SR-20 tells the user also where %s completes it', async (by) => {
    const account = await register(auth);
    await failTimes(3, account);
    auth.neighbours.factors = by === 'a factor' ? [totpFactor] : [];
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.verdict = 'allow';
    const factorId = by === 'a factor' ? totpFactor.id : loginId;
    const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId })).body;
    const code = by === 'a factor' ? '123456' : await codeFor(auth, account.id);
    const done = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code } });
    auth.neighbours.factors = [];
    expect(done.status).toBe(200);
    const message = (await messagesTo(auth, account.id)).at(-1);
    expect(message).toMatchObject({ template: 'sign-in-after-failures', params: { failures: '3' } });
  });

  describe('after wrong second halves', () => {
    /** A sign-in whose password was right, and what is asked for then; `by` a factor or a code by mail. */
    async function firstHalf(account: Account, by: string) {
      Object.assign(auth.neighbours, { factors: by === 'a factor' ? [totpFactor] : [], verdict: 'challenge' });
      const { loginId } = (await signIn(auth, account)).body;
      const factorId = by === 'a factor' ? totpFactor.id : loginId;
      const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId })).body;
      const right = by === 'a factor' ? '123456' : await codeFor(auth, account.id);
      Object.assign(auth.neighbours, { factors: [], verdict: 'allow' });
      return async (isRight: boolean) => {
        auth.neighbours.proof = isRight ? { kind: 'accepted', by: 'totp' } : { kind: 'wrong' };
        const code = isRight ? right : wrongCode(right);
        const answer = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code } });
        auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
        expect(answer.status).toBe(isRight ? 200 : 401);
      };
    }

    const wrongCode = (code: string) => (code === '000000' ? '000001' : '000000');
    const failuresTold = async (account: Account) =>
      (await messagesTo(auth, account.id))
        .filter(({ template }) => template === 'sign-in-after-failures')
        .map(({ params }) => params['failures']);

    it.each(['a factor', 'an emailed code'])('SR-20 tells the user where %s is right in the end', async (by) => {
      const account = await register(auth);
      const answer = await firstHalf(account, by);
      for (let tries = 0; tries < 4; tries += 1) await answer(false);
      await answer(true);
      expect(await failuresTold(account)).toEqual(['4']);
      await (await firstHalf(account, by))(true);
      expect(await failuresTold(account)).toHaveLength(1);
    });

    it('SR-20 tells nobody of two, as of two wrong passwords', async () => {
      const account = await register(auth);
      const answer = await firstHalf(account, 'a factor');
      for (let tries = 0; tries < 2; tries += 1) await answer(false);
      await answer(true);
      expect(await failuresTold(account)).toEqual([]);
    });

    it.each(['a factor', 'the password alone'])(
      'SR-20 tells of those of a sign-in that was given up, by %s',
      async (by) => {
        const account = await register(auth);
        const givenUp = await firstHalf(account, 'a factor');
        for (let tries = 0; tries < 2; tries += 1) await givenUp(false);
        if (by === 'a factor') await (await firstHalf(account, by))(true);
        else expect((await signIn(auth, account)).status).toBe(200);
        // The sign-in that nobody has completed is one of them.
        expect(await failuresTold(account)).toEqual(['3']);
      },
    );

    it('SR-11 lock nothing: five of them leave the password as it is', async () => {
      const account = await register(auth);
      const answer = await firstHalf(account, 'a factor');
      for (let tries = 0; tries < 5; tries += 1) await answer(false);
      expect(await failTimes(3, account)).toEqual([401, 401, 401]);
      expect((await signIn(auth, account)).status).toBe(200);
    });
  });
});
