import { Secret } from '@bank/domain';
import { expect, onTestFinished, test } from 'vitest';
import { createTwilioVerifyProvider, type SmsMessage } from '#index.ts';
import { carrierServer } from './carrier-server.ts';

const serviceSid = `VA${'0'.repeat(32)}`;
const sid = `VE${'a'.repeat(32)}`;
const message: SmsMessage = {
  channel: 'sms',
  deliveryId: 'd-1',
  to: '+4915112345678',
  template: 'sign-in-code',
  expiresAt: new Date('2026-03-01T00:00:00Z'),
  text: '048291 is your Bank code',
  code: '048291',
};

function provider(baseUrl: string) {
  const made = createTwilioVerifyProvider({
    baseUrl,
    serviceSid,
    apiKeySid: 'SK1',
    apiKeySecret: new Secret('key secret'),
    deadlineMs: 10_000,
  });
  onTestFinished(() => made.close());
  return made;
}

test('a code goes out as Verify documents it, in its words', async () => {
  const { url, calls } = await carrierServer(() => ({ status: 201, body: { sid, status: 'pending' } }));
  expect(await provider(`${url}/verify`).send(message)).toEqual({ providerMessageId: sid });
  const [call] = calls;
  expect(call).toMatchObject({
    method: 'POST',
    path: `/verify/v2/Services/${serviceSid}/Verifications`,
    headers: { authorization: `Basic ${Buffer.from('SK1:key secret').toString('base64')}` },
  });
  const sent = Object.fromEntries(new URLSearchParams(call?.body));
  expect(sent).toEqual({ To: message.to, Channel: 'sms', CustomCode: '048291' });
});

test('SR-63: what is more than a code is not for it', async () => {
  const { url, calls } = await carrierServer(() => ({ status: 201, body: { sid } }));
  const { code: _, ...payment } = message;
  const made = provider(url);
  expect([made.carries?.(message), made.carries?.(payment)]).toEqual([true, false]);
  await expect(made.send(payment)).rejects.toMatchObject({ kind: 'transient', code: 'ENOCODE' });
  expect(calls).toEqual([]);
});

test.each([
  [400, 60200, 'permanent', false],
  [400, 60205, 'permanent', false],
  [403, 60410, 'transient', true],
  [429, 60203, 'transient', true],
  [503, 20503, 'transient', true],
] as const)('%i with code %i is %s', async (status, code, kind, carrierAway) => {
  const { url } = await carrierServer(() => ({ status, body: { code, message: `no ${message.to}`, status } }));
  const failure = provider(url).send(message);
  await expect(failure).rejects.toMatchObject({ kind, carrierAway, status, code: `TWILIO_${code}` });
  await expect(failure).rejects.not.toThrow(/4915/);
});
