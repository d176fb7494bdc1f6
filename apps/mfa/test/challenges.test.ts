import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { describe, expect, test } from 'vitest';
import { roomInStep, shownCode, wrongCode } from './authenticator.ts';
import {
  auth,
  forgetSteps,
  givenChallenge,
  givenEnrolled,
  givenFactor,
  givenSubject,
  mfaApp,
  toldOf,
} from './mfa-app.ts';

const app = mfaApp();
const wrong = { code: 'auth.second_factor.invalid' };
const closed = { code: 'challenge.not_found' };
const locked = { code: 'auth.second_factor.locked' };

describe('StartChallenge', () => {
  test('tells the type and when it dies', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    const client = await app.client(MfaService, auth);
    const started = await client.startChallenge({
      userId,
      factorId,
      purpose: ChallengePurpose.STEP_UP,
      bindingId: uuidv7(),
    });
    expect(started.type).toBe(FactorType.TOTP);
    expect(Number(started.expiresAt?.seconds)).toBeGreaterThan(Date.now() / 1000 + 290);
  });

  test("refuses somebody else's factor, one that is not confirmed, and none at all alike", async () => {
    const [mine, theirs] = [await givenEnrolled(app), await givenEnrolled(app)];
    const pending = await givenFactor(app, mine.userId, { type: 'totp' });
    for (const factorId of [theirs.factorId, pending, uuidv7()]) {
      await expect(givenChallenge(app, { ...mine, factorId })).rejects.toMatchObject({ code: 'factor.not_found' });
    }
    const userId = await givenSubject(app);
    await expect(givenChallenge(app, { ...mine, userId })).rejects.toMatchObject({ code: 'factor.not_found' });
  });

  test('refuses a purpose that is none', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    const client = await app.client(MfaService, auth);
    const question = { userId, factorId, bindingId: uuidv7(), purpose: ChallengePurpose.UNSPECIFIED };
    await expect(client.startChallenge(question)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('SR-26: takes the place of the older challenge of the same sign-in; SR-25: whose tries stay counted', async () => {
    const enrolled = await givenEnrolled(app);
    const bindingId = uuidv7();
    const first = await givenChallenge(app, enrolled, bindingId);
    for (let tries = 0; tries < 4; tries += 1) {
      await expect(first.answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
    }
    const second = await givenChallenge(app, enrolled, bindingId);
    await expect(first.answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);
    await expect(second.answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
    await expect(second.answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);
    await expect(givenChallenge(app, enrolled, bindingId)).rejects.toMatchObject(locked);
  });
});

describe('VerifyChallenge', () => {
  test.each([-1, 0, 1])('SR-22: takes the code of step %i', async (offset) => {
    const enrolled = await givenEnrolled(app);
    const { answer } = await givenChallenge(app, enrolled);
    await roomInStep();
    expect(await answer(shownCode(enrolled.secret, { offset }))).toMatchObject({ type: FactorType.TOTP });
    expect((await toldOf(app, enrolled.userId)).at(-1)).toBe('audit mfa.challenge.passed');
  });

  test('SR-22: refuses the code of two steps ago and of two steps ahead', async () => {
    const enrolled = await givenEnrolled(app);
    const { answer } = await givenChallenge(app, enrolled);
    await roomInStep();
    for (const offset of [-2, 2]) {
      await expect(answer(shownCode(enrolled.secret, { offset }))).rejects.toMatchObject(wrong);
    }
  });

  test.each(['12345', '12345678', 'abc-def', ''])(
    'SR-25: counts what is no code of its kind as wrong: %j',
    async (code) => {
      const enrolled = await givenEnrolled(app);
      const { answer } = await givenChallenge(app, enrolled);
      for (let tries = 0; tries < 5; tries += 1) await expect(answer(code)).rejects.toMatchObject(wrong);
      await expect(answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);
    },
  );

  test('SR-21: a code is good once, and those before it not at all', async () => {
    const enrolled = await givenEnrolled(app);
    const code = shownCode(enrolled.secret);
    const before = shownCode(enrolled.secret, { offset: -1 });
    await (await givenChallenge(app, enrolled)).answer(code);
    for (const spent of [code, before]) {
      await expect((await givenChallenge(app, enrolled)).answer(spent)).rejects.toMatchObject(wrong);
    }
  });

  test('SR-21: a code that confirmed the factor signs nobody in', async () => {
    const userId = await givenSubject(app);
    const token = app.issuer.token({ userId, sessionId: uuidv7() });
    const begun = await request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} });
    const { factorId, secret } = begun.body as { factorId: string; secret: string };
    await roomInStep();
    const [before, code, next] = [-1, 0, 1].map((offset) => shownCode(secret, { offset }));
    const path = `/v1/mfa/totp/${factorId}/confirm`;
    expect((await request(app.service, 'POST', path, { token, body: { code } })).status).toBe(200);
    const { answer } = await givenChallenge(app, { userId, factorId });
    for (const spent of [code, before]) await expect(answer(spent ?? '')).rejects.toMatchObject(wrong);
    expect(await answer(next ?? '')).toMatchObject({ type: FactorType.TOTP });
  });

  test('SR-24: is bound to its user, purpose and sign-in', async () => {
    const [enrolled, other] = [await givenEnrolled(app), await givenEnrolled(app)];
    const { answer } = await givenChallenge(app, enrolled);
    const code = shownCode(enrolled.secret);
    const changes = [{ userId: other.userId }, { purpose: ChallengePurpose.STEP_UP }, { bindingId: uuidv7() }];
    for (const change of changes) await expect(answer(code, change)).rejects.toMatchObject(closed);
    expect(await answer(code)).toMatchObject({ type: FactorType.TOTP });
  });

  test('refuses a challenge that was passed, expired, or whose factor is gone', async () => {
    const enrolled = await givenEnrolled(app);
    const passed = await givenChallenge(app, enrolled);
    await passed.answer(shownCode(enrolled.secret));
    await forgetSteps(app, enrolled.factorId);
    await expect(passed.answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);

    const expired = await givenChallenge(app, enrolled);
    await app.database.query('update mfa.challenges set expires_at = now() where id = $1', [expired.challengeId]);
    await expect(expired.answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);

    const orphaned = await givenChallenge(app, enrolled);
    await app.database.query('delete from mfa.factors where id = $1', [enrolled.factorId]);
    await expect(orphaned.answer(shownCode(enrolled.secret))).rejects.toMatchObject(closed);
  });

  test('SR-25: ten wrong answers in a row, over any challenges, block the user; a right one clears them', async () => {
    const enrolled = await givenEnrolled(app);
    const fail = async (times: number) => {
      for (let tries = 0; tries < times; tries += 1) {
        const { answer } = await givenChallenge(app, enrolled);
        await expect(answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
      }
    };
    await fail(9);
    await (await givenChallenge(app, enrolled)).answer(shownCode(enrolled.secret));
    await forgetSteps(app, enrolled.factorId);
    const { answer } = await givenChallenge(app, enrolled);
    await fail(10);
    await expect(answer(shownCode(enrolled.secret))).rejects.toMatchObject({
      ...locked,
      details: { retryAfterSeconds: expect.any(Number) },
    });
    await expect(givenChallenge(app, enrolled)).rejects.toMatchObject(locked);
    const told = await toldOf(app, enrolled.userId);
    expect(told.filter((what) => what === 'events mfa.challenge_failed.v1')).toHaveLength(19);
    expect(told.filter((what) => what === 'deliveries second-factor-blocked')).toHaveLength(1);

    await app.database.query(`update mfa.subjects set blocked_until = now() - interval '1 second' where user_id = $1`, [
      enrolled.userId,
    ]);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
  });
});

describe('SR-22 an app whose clock is off', () => {
  const clockOff = { code: 'auth.second_factor.clock_off' };

  test('is told so at the second code in a row that is as far off, and signs nobody in', async () => {
    const enrolled = await givenEnrolled(app);
    const { answer } = await givenChallenge(app, enrolled);
    await roomInStep();
    await expect(answer(shownCode(enrolled.secret, { offset: 8 }))).rejects.toMatchObject(wrong);
    await expect(answer(shownCode(enrolled.secret, { offset: 9 }))).rejects.toMatchObject(clockOff);
    expect((await toldOf(app, enrolled.userId)).filter((what) => what === 'audit mfa.challenge.failed')).toHaveLength(
      2,
    );
  });

  test('is not told so for the same code twice, for codes that are not as far off, and for no code of it', async () => {
    const enrolled = await givenEnrolled(app);
    const { answer } = await givenChallenge(app, enrolled);
    await roomInStep();
    for (const offset of [8, 8, -9, 12]) {
      await expect(answer(shownCode(enrolled.secret, { offset }))).rejects.toMatchObject(wrong);
    }
    await expect(answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
  });
});
