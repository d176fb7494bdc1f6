import { uuidv7 } from '@bank/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, codeFor, messagesTo, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { askForToken, newPassword, reset } from './support/passwords.ts';

const auth = await startAuth();
const over = [401, 'auth.login.invalid'];

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'wrong' };
});

const challenge = (loginId: string, factorId: string) => post(auth, '/v1/auth/login/challenge', { loginId, factorId });
const verify = (body: object) => post(auth, '/v1/auth/login/verify', body);

async function resetFor(account: Account) {
  auth.clock.advance(1000);
  expect((await reset(auth, await askForToken(auth, account))).status).toBe(204);
}

const attemptsOf = (loginId: string) =>
  auth.database.query<{ attempts: number }>('select attempts from auth.sign_ins where id = $1', [loginId]);
const lockouts = () => auth.database.query('select subject_hash, failures, wrong_answers from auth.lockouts');

describe('SR-14 sign-ins that somebody with the old password began before a reset', () => {
  it('ask nothing of mfa and count nothing after it: the user finds all tries', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    const begun = [(await signIn(auth, account)).body.loginId, (await signIn(auth, account)).body.loginId];
    for (const loginId of begun) expect((await challenge(loginId, totpFactor.id)).status).toBe(200);
    await resetFor(account);
    const counted = await lockouts();
    const { started } = auth.neighbours;
    // Whoever asks mfa now is answered with 503.
    auth.neighbours.started = undefined;
    auth.neighbours.asked.proofs = [];
    for (const loginId of begun) {
      const asked = await challenge(loginId, totpFactor.id);
      expect([asked.status, asked.body.code]).toEqual(over);
      const answered = await verify({ loginId, challengeId: uuidv7(), response: { code: '000000' } });
      expect([answered.status, answered.body.code]).toEqual(over);
      expect(await attemptsOf(loginId)).toEqual([{ attempts: 0 }]);
    }
    auth.neighbours.started = started;
    expect([auth.neighbours.asked.proofs, await lockouts()]).toEqual([[], counted]);
    auth.clock.advance(1000);
    const { body } = await signIn(auth, account, { password: newPassword });
    expect((await challenge(body.loginId, totpFactor.id)).status).toBe(200);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const request = { loginId: body.loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await verify(request)).status).toBe(200);
  });

  it('send no code by email after it, and compare none', async () => {
    const account = await register(auth);
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, account)).body;
    const { challengeId } = (await challenge(loginId, loginId)).body;
    const code = await codeFor(auth, account.id);
    await resetFor(account);
    const asked = await challenge(loginId, loginId);
    expect([asked.status, asked.body.code]).toEqual(over);
    const answered = await verify({ loginId, challengeId, response: { code } });
    expect([answered.status, answered.body.code]).toEqual(over);
    expect(await attemptsOf(loginId)).toEqual([{ attempts: 0 }]);
    const codes = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'sign-in-code');
    expect(codes).toHaveLength(1);
  });
});
