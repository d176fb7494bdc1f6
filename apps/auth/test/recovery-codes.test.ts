import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { type Account, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import type { Answer } from './support/http.ts';
import { toldAbout } from './support/passwords.ts';
import {
  askForRecovery,
  completeRecovery,
  provenRecovery,
  recoveriesOf,
  recoveryCode,
  recoveryDelayMs,
} from './support/recoveries.ts';

const auth = await startAuth({ env: { DATABASE_POOL_MAX: '4' } });
const { setStatus, rowsOf } = recoveriesOf(auth);
const right = { kind: 'accepted', by: 'recovery_code' } as const;
const invalid = { status: 422, body: { code: 'auth.verification.invalid' } };

beforeEach(() => {
  Object.assign(auth.neighbours, { factors: [], proof: right, removes: true, whileJudging: undefined });
});

/** How many codes of a user mfa was asked about. */
const judgedOf = ({ id }: Account) =>
  auth.neighbours.asked.proofs.filter(({ binding }) => binding.userId === id).length;

/** Does something while the code of that answer is being judged. */
async function whileJudged<T>(answer: () => Promise<Answer>, work: () => Promise<T>): Promise<[Answer, T]> {
  let done: Promise<T> | undefined;
  auth.neighbours.whileJudging = () => {
    auth.neighbours.whileJudging = undefined;
    done = work();
    return done;
  };
  const answered = await answer();
  if (done === undefined) throw new Error('no code was judged');
  return [answered, await done];
}

describe('SR-27 a recovery code is not used up for nothing', () => {
  it.each([
    ['is suspended', (id: string) => setStatus(id, 'suspended'), 'status'],
    [
      'works here now',
      (id: string) => auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [id]),
      'staff',
    ],
  ])('where the user %s: 422 and no code is asked about', async (_what, change, reason) => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    await change(account.id);
    expect(await completeRecovery(auth, token, recoveryCode)).toMatchObject(invalid);
    expect([judgedOf(account), await rowsOf(account.id)]).toEqual([0, []]);
    expect(await toldAbout(auth, account.id)).toContain(`auth.recovery.failed ${reason}`);
  });

  it('SR-43 where the user is locked, so that staff decide all the same', async () => {
    const account = await register(auth);
    await setStatus(account.id, 'locked');
    const { body } = await completeRecovery(auth, await askForRecovery(auth, account), recoveryCode);
    expect(body).toEqual({ status: 'in_review', completesAt: null });
    expect(judgedOf(account)).toBe(0);
  });

  it('while an earlier recovery is being carried out', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    auth.neighbours.removes = false;
    auth.clock.advance(recoveryDelayMs + 1000);
    await carryOutRecoveries(auth.ctx);
    const judged = judgedOf(account);
    expect(await completeRecovery(auth, await askForRecovery(auth, account), recoveryCode)).toMatchObject(invalid);
    expect(judgedOf(account)).toBe(judged);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.failed under_way');
  });

  it('beside another with the same link: of sixteen at once one is asked about, twenty times', {
    timeout: 120_000,
  }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await askForRecovery(auth, account);
      const answers = winners(await raceOf(16, (number) => completeRecovery(auth, token, `CODE-${number}`)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(422)]);
      expect(judgedOf(account)).toBe(1);
    }
  });

  it.each([
    ['another code', 'OTHER-CODE'],
    ['no code', undefined],
  ])('beside the link with %s, while it is judged', async (_what, other) => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    const complete = () => completeRecovery(auth, token, recoveryCode);
    const [answered, beside] = await whileJudged(complete, () => completeRecovery(auth, token, other));
    expect(beside).toMatchObject(invalid);
    expect(answered).toMatchObject({ status: 200, body: { status: 'waiting' } });
    expect(judgedOf(account)).toBe(1);
  });

  it('where the link expires while it is judged', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    const expire = () =>
      auth.database.query('update auth.recoveries set expires_at = $2 where user_id = $1', [
        account.id,
        auth.clock.now(),
      ]);
    const [answered] = await whileJudged(() => completeRecovery(auth, token, recoveryCode), expire);
    expect(answered.status).toBe(200);
  });
});

describe('a link that was kept for a code', () => {
  it('SR-12, SR-25 is given back where the code was wrong, and bears five; of many at once none beyond', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    auth.neighbours.proof = { kind: 'wrong' };
    for (let round = 0; round < 4; round += 1) {
      const answers = winners(await raceOf(16, () => completeRecovery(auth, token, recoveryCode)));
      for (const answer of answers) expect(answer).toMatchObject(invalid);
    }
    expect(judgedOf(account)).toBe(5);
    auth.neighbours.proof = right;
    expect(await completeRecovery(auth, token, recoveryCode)).toMatchObject(invalid);
    expect(judgedOf(account)).toBe(5);
  });

  it.each([
    ['wrong', { kind: 'wrong' } as const, 422],
    ['not taken for now', { kind: 'locked', retryAfterSeconds: 900 } as const, 429],
    ['not judged', undefined, 503],
  ])('is good at once where the code was %s', async (_what, proof, status) => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    auth.neighbours.proof = proof;
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(status);
    expect(await rowsOf(account.id)).toMatchObject([{ attempts: 1, lease_until: null }]);
    auth.neighbours.proof = right;
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(200);
  });

  it('is good after half a minute where nobody came back to it, and a newer one at once', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    const keep = () =>
      auth.database.query('update auth.recoveries set lease_until = $2 where user_id = $1', [
        account.id,
        new Date(auth.clock.now().getTime() + 30_000),
      ]);
    await keep();
    expect(await completeRecovery(auth, token, recoveryCode)).toMatchObject(invalid);
    auth.clock.advance(30_001);
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(200);
    const older = await askForRecovery(auth, account);
    await keep();
    const newer = await askForRecovery(auth, account);
    expect(await completeRecovery(auth, older, recoveryCode)).toMatchObject(invalid);
    expect((await completeRecovery(auth, newer, recoveryCode)).status).toBe(200);
  });
});
