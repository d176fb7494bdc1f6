import { smsOf } from '@bank/notifications';
import { until } from '@bank/testing';
import { expect, it } from 'vitest';
import { loadConfig } from '#config.ts';
import { basics, startAuth } from './support/auth.ts';
import { codeSms, deliver, deliveriesBy, freshPhone } from './support/messages.ts';

const auth = await startAuth({ env: { SMS_PROVIDERS: 'twilio-verify,twilio' } });

async function sentBy(provider: string, id: string) {
  return await until(async () => {
    const rows = await deliveriesBy(auth, 'sms');
    return rows.find((row) => row.provider === provider && row.provider_message_id === id && row.state === 'sent');
  });
}

it('a code goes by Verify, and is wiped', async () => {
  const phone = freshPhone();
  await deliver(auth, codeSms(auth, phone, '048291'));
  const told = await until(() => auth.carriers.verify.find(({ to }) => to === phone));
  expect(told.code).toBe('048291');
  expect(await sentBy('twilio-verify', told.id)).toMatchObject({ content: null, attempts: 1 });
  expect(auth.carriers.twilio).toEqual([]);
});

it('SR-63: a payment goes by the carrier that says what it is', async () => {
  const phone = freshPhone();
  const expiresAt = new Date(auth.clock.now().getTime() + 60_000);
  const stated = { code: '731905', minutes: 5, transaction: '50.00 EUR to Ada' };
  await deliver(auth, { to: { phone }, expiresAt, ...smsOf('transaction-code', stated) });
  const { text, id } = await auth.carriers.newestSms(phone);
  expect(text).toContain('50.00 EUR to Ada');
  await sentBy('twilio', id);
  expect(auth.carriers.verify.filter(({ to }) => to === phone)).toEqual([]);
});

it('a code that Verify does not take goes by the next carrier, within the same attempt', async () => {
  auth.carriers.behave.verify = { status: 429, code: 60203 };
  const phone = freshPhone();
  await deliver(auth, codeSms(auth, phone, '204816'));
  const { text, id } = await auth.carriers.newestSms(phone);
  expect(text).toContain('204816');
  expect(await sentBy('twilio', id)).toMatchObject({ attempts: 1, failure: null });
  auth.carriers.behave.verify = 'accept';
});

it.each([
  [{ SMS_PROVIDERS: 'twilio-verify' }, 'SMS_PROVIDERS: twilio-verify carries codes alone'],
  [{ SMS_PROVIDERS: 'twilio-verify,twilio', TWILIO_VERIFY_SERVICE_SID: '' }, 'TWILIO_VERIFY_SERVICE_SID'],
  [
    { SMS_PROVIDERS: 'twilio-verify,twilio', TWILIO_VERIFY_SERVICE_SID: 'AC1' },
    'TWILIO_VERIFY_SERVICE_SID: must be VA and 32',
  ],
])('a configuration with %o is refused', (changes, problem) => {
  const env = { ...basics, ...auth.carriers.env, ...auth.files.env, ...changes };
  const stores = {
    DATABASE_URL: 'postgres://a:b@127.0.0.1/c',
    REDIS_URL: 'redis://127.0.0.1',
    RABBITMQ_URL: 'amqp://127.0.0.1',
  };
  expect(() => loadConfig({ ...stores, SMTP_URL: 'smtp://127.0.0.1', ...env })).toThrow(problem);
});
