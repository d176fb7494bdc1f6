import { FactorType } from '@bank/proto/mfa';
import { expect, test } from 'vitest';
import { TotpFactorsFilled } from '../migrations/202612040601-totp-factors-filled.ts';
import { shownCode } from './authenticator.ts';
import { type Enrolled, givenChallenge, givenEnrolled, givenFactor, ownMfaApp } from './mfa-app.ts';

const app = ownMfaApp();

/** An authenticator app as the release before enrols it: it knows `factors` alone. */
async function givenEnrolledBefore(): Promise<Enrolled> {
  const enrolled = await givenEnrolled(app);
  await app.database.query('delete from mfa.totp_factors where factor_id = $1', [enrolled.factorId]);
  return enrolled;
}

async function stepsOf(factorId: string) {
  const [row] = await app.database.query(
    `select f.last_step as old, t.last_step as own from mfa.factors f left join mfa.totp_factors t on t.factor_id = f.id
     where f.id = $1`,
    [factorId],
  );
  return row;
}

test('an app that the release before enrolled is asked for, and gets its row at its first use', async () => {
  const enrolled = await givenEnrolledBefore();
  const { answer } = await givenChallenge(app, enrolled);
  expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
  const steps = await stepsOf(enrolled.factorId);
  expect(steps).toEqual({ old: expect.any(String), own: expect.any(String) });
  expect(steps?.['own']).toBe(steps?.['old']);
});

test('SR-21: a code that the release before took is spent here as well', async () => {
  const enrolled = await givenEnrolled(app);
  const step = Math.floor(Date.now() / 30_000) + 1;
  await app.database.query('update mfa.factors set last_step = $2 where id = $1', [enrolled.factorId, step]);
  const { answer } = await givenChallenge(app, enrolled);
  await expect(answer(shownCode(enrolled.secret))).rejects.toMatchObject({ code: 'auth.second_factor.invalid' });
});

test('the back-fill makes the rows of what was enrolled before, once, and of nothing else', async () => {
  const enrolled = await givenEnrolledBefore();
  const other = await givenFactor(app, enrolled.userId, { type: 'sms', confirmedAt: new Date() });
  const batch = new TotpFactorsFilled(...([] as unknown as ConstructorParameters<typeof TotpFactorsFilled>)).batch();
  await app.database.query(batch);
  const filled = await app.database.query<{ id: string; same: boolean }>(
    `select f.id, t.sealed = f.sealed as same from mfa.totp_factors t join mfa.factors f on f.id = t.factor_id
     where f.id = any ($1)`,
    [[enrolled.factorId, other]],
  );
  expect(filled).toEqual([{ id: enrolled.factorId, same: true }]);
  expect(await app.database.query(`${batch} returning factor_id`)).toEqual([]);
});
