import { request } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { ChallengePurpose } from '@bank/proto/mfa';
import { losers, raceOf, winners } from '@bank/testing';
import { expect, test } from 'vitest';
import { shownCode } from './authenticator.ts';
import { givenChallenge, givenEnrolled, mfaApp, strongToken, toldOf } from './mfa-app.ts';

const app = mfaApp();
const rounds = 20;
const contestants = 16;

async function count(sql: string, userId: string): Promise<number> {
  const [row] = await app.database.query<{ count: string }>(sql, [userId]);
  return Number(row?.count);
}

test('SR-21: of sixteen uses of one code at once, in as many sign-ins, one is accepted', {
  timeout: 120_000,
}, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const enrolled = await givenEnrolled(app);
    const challenges = await Promise.all(Array.from({ length: contestants }, () => givenChallenge(app, enrolled)));
    const code = shownCode(enrolled.secret);
    const outcomes = await raceOf(contestants, (number) => challenges[number]?.answer(code) ?? Promise.reject());
    expect(winners(outcomes)).toHaveLength(1);
    const refusals = losers(outcomes).map((error) => (error as { code: string }).code);
    expect(refusals.filter((refusal) => !refusal.startsWith('auth.second_factor.'))).toEqual([]);
    const passed = (await toldOf(app, enrolled.userId)).filter((what) => what === 'audit mfa.challenge.passed');
    expect(passed).toHaveLength(1);
    expect(
      await count('select count(*) from mfa.challenges where user_id = $1 and closed_at is not null', enrolled.userId),
    ).toBe(1);
  }
});

test('SR-21: one challenge is passed once, however many answer it at once', { timeout: 120_000 }, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const enrolled = await givenEnrolled(app);
    const { answer } = await givenChallenge(app, enrolled);
    const codes = [-1, 0, 1].map((offset) => shownCode(enrolled.secret, { offset }));
    const outcomes = await raceOf(contestants, (number) => answer(codes[number % codes.length] ?? ''));
    expect(winners(outcomes)).toHaveLength(1);
  }
});

test('SR-21: a step is remembered by one update, whoever holds what', async () => {
  const { userId, factorId } = await givenEnrolled(app);
  const access = { who: allow.system('test'), unaudited: 'a test' };
  const noted = await raceOf(contestants, () =>
    withTransaction(app.ctx, access, (tx) => tx.totpFactors.noteStep(userId, factorId, 5)),
  );
  expect(winners(noted).filter((isFirst) => isFirst)).toHaveLength(1);
});

test('SR-27: of sixteen uses of one recovery code at once, one is accepted', { timeout: 120_000 }, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const enrolled = await givenEnrolled(app);
    const token = strongToken(app, enrolled);
    const answer = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token });
    if (answer.status !== 201) throw new Error(`codes: ${answer.status}`);
    const { codes } = answer.body as { codes: string[] };
    const { client, binding } = await givenChallenge(app, enrolled);
    const proof = { case: 'recoveryCode', value: codes[0] ?? '' } as const;
    const outcomes = await raceOf(contestants, () =>
      client.verifyChallenge({ ...binding, purpose: ChallengePurpose.SIGN_IN, proof }),
    );
    expect(winners(outcomes)).toHaveLength(1);
    expect(
      await count(
        'select count(*) from mfa.recovery_codes where user_id = $1 and used_at is not null',
        enrolled.userId,
      ),
    ).toBe(1);
  }
});
