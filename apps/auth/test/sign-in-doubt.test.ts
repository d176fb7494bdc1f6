import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { codeFor, messagesTo, register, signIn } from './support/accounts.ts';
import { type Answer, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

async function doubtful(account: { email: string }, verdict: 'challenge' | 'unavailable'): Promise<Answer> {
  auth.neighbours.verdict = verdict;
  const answer = await signIn(auth, account);
  auth.neighbours.verdict = 'allow';
  return answer;
}

const ask = (loginId: string) => post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId });

/** As if the last code of a sign-in had been sent so many seconds earlier. */
const sentEarlier = (loginId: string, seconds: number) =>
  auth.database.query(
    'update auth.sign_ins set code_expires_at = code_expires_at - make_interval(secs => $2) where id = $1',
    [loginId, seconds],
  );

describe('a doubtful device', () => {
  it.each(['challenge', 'unavailable'] as const)(
    '200 asks for an emailed code when device says %s',
    async (verdict) => {
      const account = await register(auth);
      const pending = await doubtful(account, verdict);
      const { loginId, factors } = pending.body;
      const hint = expect.stringMatching(/^u\*\*\*@mail\.example$/);
      expect(pending.body).toMatchObject({
        status: 'mfa_required',
        factors: [{ type: 'email', hint }],
        expiresIn: 600,
      });
      const challenge = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: factors[0].id });
      expect(challenge.body).toMatchObject({ type: 'email', expiresIn: 600 });
      const { challengeId } = challenge.body;
      const code = await codeFor(auth, account.id);
      const done = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code } });
      expect(done.status).toBe(200);
      expect(done.body).toMatchObject({ acr: 'aal1', device: { secret: expect.any(String) } });
      const known = { device: { secret: done.body.device.secret } };
      for (let tries = 0; tries < 6; tries += 1) await signIn(auth, account, { password: 'not the right one' });
      expect((await signIn(auth, account, known)).status).toBe(200);
    },
  );

  it('SR-25 401 for wrong codes, and for the right one after five of them', async () => {
    const account = await register(auth);
    const { loginId } = (await doubtful(account, 'challenge')).body;
    const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
    const right = await codeFor(auth, account.id);
    const code = right === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1) {
      const { body } = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code } });
      expect(body.code).toBe('auth.second_factor.invalid');
    }
    const dead = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code: right } });
    expect([dead.status, dead.body.code]).toEqual([401, 'auth.login.invalid']);
    const another = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId });
    expect(another.body.code).toBe('auth.login.invalid'); // no code could open it any more
  });

  it('SR-24 401 for the code of another sign-in, and SR-26 for a code that was replaced', async () => {
    const account = await register(auth);
    const first = (await doubtful(account, 'challenge')).body.loginId;
    const second = (await doubtful(account, 'challenge')).body.loginId;
    const older = (await post(auth, '/v1/auth/login/challenge', { loginId: first, factorId: first })).body;
    const code = await codeFor(auth, account.id);
    const other = (await post(auth, '/v1/auth/login/challenge', { loginId: second, factorId: second })).body;
    const response = { code };
    const crossed = { loginId: second, challengeId: other.challengeId, response };
    if ((await codeFor(auth, account.id)) !== code) {
      expect((await post(auth, '/v1/auth/login/verify', crossed)).body.code).toBe('auth.second_factor.invalid');
    }
    await sentEarlier(first, 30);
    expect((await ask(first)).status).toBe(200);
    const replaced = { loginId: first, challengeId: older.challengeId, response };
    expect((await post(auth, '/v1/auth/login/verify', replaced)).body.code).toBe('auth.login.invalid');
  });

  it('401 for a sign-in that does not exist, and for one that asked too often', async () => {
    const account = await register(auth);
    const { loginId } = (await doubtful(account, 'challenge')).body;
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await ask(loginId)).status).toBe(200);
      await sentEarlier(loginId, 60);
    }
    expect((await ask(loginId)).body.code).toBe('auth.login.invalid');
    const nowhere = '01980000-0000-7000-8000-000000000001';
    const { status } = await post(auth, '/v1/auth/login/challenge', { loginId: nowhere, factorId: nowhere });
    expect(status).toBe(401);
  });

  it('SR-18 429 until half a minute after the first code, and a minute after the second; the last code stays good', async () => {
    const account = await register(auth);
    const { loginId } = (await doubtful(account, 'challenge')).body;
    await ask(loginId);
    for (const pause of [30, 60]) {
      const soon = await ask(loginId);
      expect([soon.status, soon.body.code]).toEqual([429, 'auth.second_factor.locked']);
      const seconds = Number(soon.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(pause - 5);
      expect(seconds).toBeLessThanOrEqual(pause);
      if (pause === 30) {
        await sentEarlier(loginId, pause);
        expect((await ask(loginId)).status).toBe(200);
      }
    }
    const [row] = await auth.database.query<{ challenge_id: string; challenges: number }>(
      'select challenge_id, challenges from auth.sign_ins where id = $1',
      [loginId],
    );
    expect(row?.challenges).toBe(2);
    const response = { code: await codeFor(auth, account.id) };
    const proof = { loginId, challengeId: row?.challenge_id, response };
    expect((await post(auth, '/v1/auth/login/verify', proof)).status).toBe(200);
  });

  it('SR-18 of sixteen who ask for a code of one sign-in at once, one is sent one', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const { loginId } = (await doubtful(account, 'challenge')).body;
      const answers = winners(await raceOf(16, () => ask(loginId))).map(({ status }) => status);
      expect(answers.toSorted()).toEqual([200, ...Array(15).fill(429)]);
      const sent = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'sign-in-code');
      expect(sent).toHaveLength(1);
    }
  });

  it('SR-31 401 for the right code of a user who has confirmed a factor since, and the sign-in is over', async () => {
    const account = await register(auth);
    const { loginId } = (await doubtful(account, 'challenge')).body;
    const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
    const right = await codeFor(auth, account.id);
    const wrong = right === '000000' ? '000001' : '000000';
    const answer = async (code: string) => {
      const { status, body } = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code } });
      return [status, body.code];
    };
    auth.neighbours.factors = undefined;
    expect(await answer(right)).toEqual([503, 'service.unavailable']);
    auth.neighbours.factors = [totpFactor];
    expect(await answer(wrong)).toEqual([401, 'auth.second_factor.invalid']);
    expect(await answer(right)).toEqual([401, 'auth.login.invalid']);
    auth.neighbours.factors = [];
    expect(await answer(right)).toEqual([401, 'auth.login.invalid']);
    const sessions = await auth.database.query('select 1 from auth.sessions where user_id = $1', [account.id]);
    expect(sessions).toHaveLength(1);
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and data->>'reason' = 'factor_enrolled'`,
      [account.id],
    );
    expect(told).toMatchObject([{ data: { action: 'auth.sign_in.failed', outcome: 'AUDIT_OUTCOME_DENIED' } }]);
  });

  it('an enrolled factor is not got round by an emailed code', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [{ id: '01980000-0000-7000-8000-00000000000f', type: 'totp', hint: '' }];
    const { body } = await signIn(auth, account);
    auth.neighbours.factors = [];
    expect(body.factors).toEqual([expect.objectContaining({ type: 'totp' })]);
    const { loginId } = body;
    const { status } = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId });
    expect(status).toBe(401);
  });
});
