import { keepDeliveries, publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, UserEmailChangedSchema, UserPhoneChangedSchema } from '@bank/proto/events';
import { testCertificates, until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { beforeAll, expect, test } from 'vitest';
import { givenChallenge, ownMfaApp } from './mfa-app.ts';
import { authOfContacts, givenSentCodes, lastCodeOf, waited } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

const wrong = { code: 'auth.second_factor.invalid' };

/** Tells mfa that a user has another number or address since a moment, and waits until it has heard. */
async function moved(userId: string, type: 'sms' | 'email', at = new Date()): Promise<void> {
  const facts = { userId, version: 2n, changedAt: timestampFromDate(at) };
  const event =
    type === 'sms' ? encodeEvent(UserPhoneChangedSchema, facts) : encodeEvent(UserEmailChangedSchema, facts);
  const id = uuidv7();
  await publishEvents(app, 'auth', [{ id, subject: userId, ...event }]);
  const handled = () => app.database.query('select 1 from mfa.inbox where message_id = $1', [id]);
  await until(async () => (await handled()).length === 1);
}

test.each(['sms', 'email'] as const)('SR-26: %s: a code sent to the address of before opens nothing', async (type) => {
  const enrolled = await givenSentCodes(app, type);
  const { answer } = await givenChallenge(app, enrolled);
  const code = await lastCodeOf(app, enrolled.userId);
  await moved(enrolled.userId, type);
  await expect(answer(code)).rejects.toMatchObject(wrong);
  await expect(givenChallenge(app, enrolled)).rejects.toMatchObject({ code: 'auth.second_factor.locked' });
  await waited(app, enrolled.userId);
  const next = await givenChallenge(app, enrolled);
  expect(await next.answer(await lastCodeOf(app, enrolled.userId))).toBeDefined();
});

test.each([
  ['sms', 'email', 0],
  ['sms', 'sms', -60_000],
] as const)('a code by %s stays good when the address of %s moved, %i ms from now', async (type, other, ms) => {
  const enrolled = await givenSentCodes(app, type);
  const { answer } = await givenChallenge(app, enrolled);
  await moved(enrolled.userId, other, new Date(Date.now() + ms));
  expect(await answer(await lastCodeOf(app, enrolled.userId))).toBeDefined();
});
