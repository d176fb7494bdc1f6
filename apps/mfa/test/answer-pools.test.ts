import { keepDeliveries, publishEvents, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, PasswordChangedSchema } from '@bank/proto/events';
import { ChallengePurpose, FactorType } from '@bank/proto/mfa';
import { testCertificates, until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { beforeAll, describe, expect, test } from 'vitest';
import { shownCode, wrongCode } from './authenticator.ts';
import { type Enrolled, givenChallenge, givenEnrolled, ownMfaApp, strongToken, toldOf } from './mfa-app.ts';
import { authOfContacts, codesOf, contacts, givenSentCodes, lastCodeOf } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

const { SIGN_IN, STEP_UP } = ChallengePurpose;
const wrong = { code: 'auth.second_factor.invalid' };
const locked = { code: 'auth.second_factor.locked' };

/** A challenge for a sign-in or a session of its own. */
const asked = (who: Pick<Enrolled, 'userId' | 'factorId'>, purpose: ChallengePurpose) =>
  givenChallenge(app, who, uuidv7(), purpose);

/** Begins challenges and answers each wrongly once, until that is refused; how many were taken. */
async function failUntilBlocked(enrolled: Enrolled, purpose: ChallengePurpose): Promise<number> {
  for (let taken = 0; taken < 30; taken += 1) {
    const begun = await asked(enrolled, purpose).catch((error: unknown) => error as { code: string });
    if ('code' in begun) {
      expect(begun).toMatchObject(locked);
      return taken;
    }
    await expect(begun.answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
  }
  return Number.POSITIVE_INFINITY;
}

async function heardOfPassword(userId: string, { byReset, at = new Date() }: { byReset: boolean; at?: Date }) {
  const event = encodeEvent(PasswordChangedSchema, { userId, byReset, changedAt: timestampFromDate(at) });
  const message = { id: uuidv7(), subject: userId, ...event };
  await publishEvents(app, 'auth', [message]);
  const handled = 'select 1 from mfa.inbox where message_id = $1';
  await until(async () => (await app.database.query(handled, [message.id])).length === 1);
}

describe('SR-14: whoever has the password alone', () => {
  test('blocks no answer of a live session; SR-25: thirty challenges in a row do block the sign-ins of the user', async () => {
    const enrolled = await givenEnrolled(app);
    expect(await failUntilBlocked(enrolled, SIGN_IN)).toBe(10);
    const { answer } = await asked(enrolled, STEP_UP);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
    await expect(asked(enrolled, SIGN_IN)).rejects.toMatchObject(locked);
  });

  test('holds back no code of a live session, and puts none in place of it', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    await asked(enrolled, SIGN_IN);
    const { answer } = await asked(enrolled, STEP_UP);
    const code = await lastCodeOf(app, enrolled.userId);
    await app.database.query(
      `update mfa.sent_codes set sent_at = sent_at - interval '31 seconds' where user_id = $1 and pool = 'sign_in'`,
      [enrolled.userId],
    );
    await asked(enrolled, SIGN_IN);
    expect(await answer(code)).toMatchObject({ type: FactorType.SMS });
    const templates = (await codesOf(app, enrolled.userId)).map(({ template }) => template);
    expect(templates).toEqual(['factor-code', 'sign-in-code', 'step-up-code', 'sign-in-code']);
  });

  test('holds back no code of an enrolment', async () => {
    const enrolled = await givenSentCodes(app, 'email');
    contacts.set(enrolled.userId, { email: 'a***@example.com', phone: '+***67' });
    await asked(enrolled, SIGN_IN);
    await app.database.query(`update mfa.sent_codes set type = 'sms' where user_id = $1 and pool = 'sign_in'`, [
      enrolled.userId,
    ]);
    const token = strongToken(app, enrolled);
    expect((await request(app.service, 'POST', '/v1/mfa/sms', { token, body: {} })).status).toBe(201);
  });
});

describe('SR-25: within live sessions', () => {
  test('ten wrong answers in a row block step-ups, over any sessions, and no sign-in', async () => {
    const enrolled = await givenEnrolled(app);
    expect(await failUntilBlocked(enrolled, STEP_UP)).toBe(10);
    const told = (await toldOf(app, enrolled.userId)).filter((what) => what === 'deliveries second-factor-blocked');
    expect(told).toHaveLength(1);
    const { answer } = await asked(enrolled, SIGN_IN);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
    await expect(asked(enrolled, STEP_UP)).rejects.toMatchObject(locked);
  });

  test('SR-18: a second code waits for the first, whatever session asks', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    await asked(enrolled, STEP_UP);
    await expect(asked(enrolled, STEP_UP)).rejects.toMatchObject(locked);
  });
});

describe('SR-14: auth.password_changed.v1', () => {
  test('of a reset lifts blocks and waits, of sign-ins as of live sessions', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    await asked(enrolled, STEP_UP);
    const { answer } = await asked(enrolled, SIGN_IN);
    const code = await lastCodeOf(app, enrolled.userId);
    await app.database.query(
      `update mfa.subjects set failures = 12, blocked_until = $2, session_failures = 12, session_blocked_until = $2
        where user_id = $1`,
      [enrolled.userId, new Date(Date.now() + 3_600_000)],
    );
    await expect(asked(enrolled, STEP_UP)).rejects.toMatchObject(locked);
    await expect(answer(code)).rejects.toMatchObject(locked);
    await heardOfPassword(enrolled.userId, { byReset: true });
    await asked(enrolled, STEP_UP);
    const { answer: again } = await asked(enrolled, SIGN_IN);
    expect(await again(await lastCodeOf(app, enrolled.userId))).toMatchObject({ type: FactorType.SMS });
  });

  test('of a change by the user lifts nothing', async () => {
    const enrolled = await givenEnrolled(app);
    await failUntilBlocked(enrolled, SIGN_IN);
    await heardOfPassword(enrolled.userId, { byReset: false });
    await expect(asked(enrolled, SIGN_IN)).rejects.toMatchObject(locked);
  });

  test('SR-25: of a second reset within a day lifts nothing, and of one on the next day does', async () => {
    const enrolled = await givenEnrolled(app);
    const at = new Date(Date.now() - 90_000_000);
    await heardOfPassword(enrolled.userId, { byReset: true, at });
    await failUntilBlocked(enrolled, SIGN_IN);
    await heardOfPassword(enrolled.userId, { byReset: true, at: new Date(at.getTime() + 86_399_000) });
    await expect(asked(enrolled, SIGN_IN)).rejects.toMatchObject(locked);
    await heardOfPassword(enrolled.userId, { byReset: true });
    expect(await failUntilBlocked(enrolled, SIGN_IN)).toBe(10);
  });
});
