import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, MfaService } from '@bank/proto/mfa';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { admin, auth, givenEnrolled, givenSubject, mfaApp, strongToken, toldOf } from './mfa-app.ts';

const app = mfaApp();

async function countOf(table: string, userId: string): Promise<number> {
  return (await app.database.query(`select 1 from mfa.${table} where user_id = $1`, [userId])).length;
}

async function codesOf(user: { userId: string }): Promise<string[]> {
  const { body } = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token: strongToken(app, user) });
  return (body as { codes: string[] }).codes;
}

describe('RemoveFactors', () => {
  test('SR-43 removes all that proves a user, and tells the user, the house and the ledger', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId } = enrolled;
    await codesOf(enrolled);
    const recoveryId = uuidv7();
    const client = await app.client(MfaService, auth);
    expect(await client.removeFactors({ userId, recoveryId })).toMatchObject({ removedCount: 1 });
    expect([await countOf('factors', userId), await countOf('recovery_codes', userId)]).toEqual([0, 0]);
    const told = await toldOf(app, userId);
    expect(told.slice(-5)).toEqual([
      'events mfa.factor_removed.v1',
      'audit mfa.factor.removed',
      'events mfa.factors_reset.v1',
      'audit mfa.factors.reset',
      'deliveries factors-reset',
    ]);
    const [event] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factor_removed.v1'`,
      [userId],
    );
    expect(event?.data).toMatchObject({ userId, factorId, removedByStaff: false });
    const [entry] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and data->>'action' = 'mfa.factors.reset'`,
      [userId],
    );
    expect(entry).toMatchObject({ data: { details: { recoveryId, factors: 1, recoveryCodes: 10 } } });
  });

  test('once for a recovery: what is enrolled afterwards stays', { timeout: 60_000 }, async () => {
    const client = await app.client(MfaService, auth);
    for (let round = 0; round < 20; round += 1) {
      const { userId } = await givenEnrolled(app);
      const due = { userId, recoveryId: uuidv7() };
      const counts = winners(await raceOf(8, () => client.removeFactors(due))).map(({ removedCount }) => removedCount);
      expect(counts.sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    }
  });

  test('of nobody, and of somebody without factors, there is nothing to remove', async () => {
    const client = await app.client(MfaService, auth);
    const userIds = [uuidv7(), await givenSubject(app)];
    for (const userId of userIds) {
      expect(await client.removeFactors({ userId, recoveryId: uuidv7() })).toMatchObject({ removedCount: 0 });
    }
  });

  test('SR-67 is for auth alone, and names user and recovery', async () => {
    const { userId } = await givenEnrolled(app);
    const due = { userId, recoveryId: uuidv7() };
    await expect((await app.client(MfaService, admin)).removeFactors(due)).rejects.toMatchObject({
      code: 'service.internal',
    });
    const client = await app.client(MfaService, auth);
    await expect(client.removeFactors({ ...due, recoveryId: '' })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect(await countOf('factors', userId)).toBe(1);
  });
});

describe('VerifyChallenge for a recovery', () => {
  const binding = { purpose: ChallengePurpose.RECOVERY, bindingId: uuidv7() };

  test('SR-27 takes a recovery code once, and its user is told', async () => {
    const enrolled = await givenEnrolled(app);
    const [code = ''] = await codesOf(enrolled);
    const client = await app.client(MfaService, auth);
    const proof = { case: 'recoveryCode', value: code } as const;
    const use = () => client.verifyChallenge({ ...binding, userId: enrolled.userId, proof });
    await use();
    await expect(use()).rejects.toMatchObject({ code: 'auth.second_factor.invalid' });
    const other = await givenEnrolled(app);
    const [another = ''] = await codesOf(other);
    const swapped = { ...binding, userId: enrolled.userId, proof: { case: 'recoveryCode', value: another } as const };
    await expect(client.verifyChallenge(swapped)).rejects.toMatchObject({ code: 'auth.second_factor.invalid' });
    expect(await toldOf(app, enrolled.userId)).toContain('deliveries recovery-code-used');
  });

  test('SR-43 takes no factor: whoever has one signs in with it', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    const client = await app.client(MfaService, auth);
    await expect(client.startChallenge({ ...binding, userId, factorId })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    const answer = { case: 'answer', value: { challengeId: uuidv7(), code: '123456' } } as const;
    await expect(client.verifyChallenge({ ...binding, userId, proof: answer })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
