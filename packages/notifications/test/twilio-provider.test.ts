import { Secret } from '@bank/domain';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTwilioProvider, type SmsMessage, type TwilioOptions } from '#index.ts';
import { carrierServer } from './carrier-server.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const sid = `SM${'a'.repeat(32)}`;
const message: SmsMessage = {
  channel: 'sms',
  deliveryId: 'd-1',
  to: '+4915112345678',
  template: 'phone-code',
  expiresAt: new Date('2026-03-01T00:00:00Z'),
  text: '048291 is your code & more +%',
};

function provider(baseUrl: string, changes: Partial<TwilioOptions> = {}) {
  const made = createTwilioProvider({
    baseUrl,
    accountSid,
    apiKeySid: 'SK1',
    apiKeySecret: new Secret('key secret'),
    sender: { messagingServiceSid: 'MG1' },
    statusCallbackUrl: (id) => `https://bank.example/v1/webhooks/twilio?delivery=${id}`,
    deadlineMs: 10_000,
    ...changes,
  });
  onTestFinished(() => made.close());
  return made;
}

describe('a message', () => {
  test('goes out as Twilio documents it, below the base address', async () => {
    const { url, calls } = await carrierServer(() => ({ status: 201, body: { sid, status: 'queued' } }));
    expect(await provider(`${url}/twilio`).send(message)).toEqual({ providerMessageId: sid });
    const [call] = calls;
    expect(call).toMatchObject({
      method: 'POST',
      path: `/twilio/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: `Basic ${Buffer.from('SK1:key secret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(Object.fromEntries(new URLSearchParams(call?.body))).toEqual({
      To: message.to,
      Body: message.text,
      MessagingServiceSid: 'MG1',
      StatusCallback: 'https://bank.example/v1/webhooks/twilio?delivery=d-1',
    });
  });

  test('goes out from one number where there is no messaging service', async () => {
    const { url, calls } = await carrierServer(() => ({ status: 201, body: { sid } }));
    await provider(url, { sender: { from: '+15005550006' } }).send(message);
    expect(new URLSearchParams(calls[0]?.body).get('From')).toBe('+15005550006');
    expect(calls[0]?.body).not.toContain('MessagingServiceSid');
  });

  test('that was accepted stays accepted when the answer has no id', async () => {
    const { url } = await carrierServer(() => ({ status: 201, body: { sid: '../x' } }));
    expect(await provider(url).send(message)).toEqual({ providerMessageId: '' });
  });
});

describe('what went wrong', () => {
  test.each([
    [400, 21211, 'permanent', false, true],
    [400, 21610, 'permanent', false, true],
    [400, 21614, 'permanent', false, true],
    [400, 21617, 'permanent', false, false],
    [400, 21408, 'transient', false, false],
    [400, 21606, 'transient', false, false],
    [401, 20003, 'transient', true, false],
    [404, 20404, 'transient', true, false],
    [429, 20429, 'transient', true, false],
    [500, 20500, 'transient', true, false],
    [200, 21211, 'transient', false, false],
  ] as const)('%i with code %i is %s', async (status, code, kind, carrierAway, recipientRefused) => {
    const { url } = await carrierServer(() => ({ status, body: { code, message: `no ${message.to}`, status } }));
    const failure = provider(url).send(message);
    await expect(failure).rejects.toMatchObject({
      kind,
      carrierAway,
      recipientRefused,
      status,
      code: `TWILIO_${code}`,
    });
    await expect(failure).rejects.not.toThrow(/4915/);
  });

  test('a carrier that hangs is given up at the deadline, one that is not there at once', async () => {
    const { url } = await carrierServer(() => undefined);
    const began = performance.now();
    await expect(provider(url, { deadlineMs: 300 }).send(message)).rejects.toMatchObject({
      code: 'EDEADLINE',
      carrierAway: true,
    });
    expect(performance.now() - began).toBeLessThan(2000);
    await expect(provider('http://127.0.0.1:1').send(message)).rejects.toMatchObject({ code: 'ENETWORK' });
  });

  test('SR-75 a redirect is not followed: it would take the credentials along', async () => {
    const elsewhere = await carrierServer(() => ({ status: 201, body: { sid } }));
    const { url } = await carrierServer(() => ({ status: 307, headers: { location: elsewhere.url } }));
    await expect(provider(url).send(message)).rejects.toMatchObject({ kind: 'transient' });
    expect(elsewhere.calls).toEqual([]);
  });

  test('an answer without end is not read to its end, and what is closed is given up', async () => {
    const { url } = await carrierServer(() => ({ status: 400, body: 'x'.repeat(200_000) }));
    await expect(provider(url).send(message)).rejects.toMatchObject({ code: 'TWILIO_UNKNOWN' });
    const hanging = await carrierServer(() => undefined);
    const twilio = provider(hanging.url, { deadlineMs: 60_000 });
    const failure = expect(twilio.send(message)).rejects.toMatchObject({ code: 'ECLOSED', carrierAway: false });
    await twilio.close();
    await failure;
  });

  test('SR-76 what is no number leaves nothing', async () => {
    const { url, calls } = await carrierServer(() => ({ status: 201, body: { sid } }));
    await expect(provider(url).send({ ...message, to: 'whatsapp:+1' })).rejects.toMatchObject({ kind: 'permanent' });
    expect(calls).toEqual([]);
  });
});
