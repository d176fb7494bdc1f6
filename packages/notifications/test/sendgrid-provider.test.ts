import { Secret } from '@bank/domain';
import type { HttpAnswer } from '@bank/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSendgridProvider, type EmailMessage } from '#index.ts';
import { carrierServer } from './carrier-server.ts';

const message: EmailMessage = {
  channel: 'email',
  deliveryId: 'd-1',
  to: 'ada@mail.example',
  template: 'welcome',
  expiresAt: new Date('2026-03-01T00:00:00Z'),
  subject: 'Hi\r\nBcc: x@y.example',
  text: 'hello',
  html: '<p>hello</p>',
};

async function sending(answer: HttpAnswer | undefined, from = 'The Bank <no-reply@bank.example>') {
  const { url, calls } = await carrierServer(() => answer);
  const deadlineMs = answer === undefined ? 300 : 10_000;
  const made = createSendgridProvider({ baseUrl: url, apiKey: new Secret('SG.key'), from, deadlineMs });
  onTestFinished(() => made.close());
  return { calls, send: (changes: Partial<EmailMessage> = {}) => made.send({ ...message, ...changes }) };
}

const accepted = { status: 202, headers: { 'x-message-id': 'mid-1' } };

describe('a message', () => {
  test('goes out as SendGrid documents it, with an identity that comes back in events', async () => {
    const { calls, send } = await sending(accepted);
    expect(await send()).toEqual({ providerMessageId: 'mid-1' });
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/v3/mail/send',
      headers: { authorization: 'Bearer SG.key', 'content-type': 'application/json' },
    });
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({
      personalizations: [{ to: [{ email: message.to }], custom_args: { delivery_id: 'd-1' } }],
      from: { email: 'no-reply@bank.example', name: 'The Bank' },
      subject: 'Hi Bcc: x@y.example',
      content: [
        { type: 'text/plain', value: 'hello' },
        { type: 'text/html', value: '<p>hello</p>' },
      ],
      headers: { 'X-Template': 'welcome' },
      tracking_settings: { click_tracking: { enable: false } },
    });
  });

  test('a sender without a name has none', async () => {
    const { calls, send } = await sending(accepted, 'no-reply@bank.example');
    await send();
    expect(JSON.parse(calls[0]?.body ?? '').from).toEqual({ email: 'no-reply@bank.example' });
  });
});

describe('what went wrong', () => {
  const refusal = (field: string | null) => ({ errors: [{ message: 'no ada@mail.example', field, help: null }] });

  test.each([
    [400, refusal('personalizations.0.to.0.email'), 'permanent', 'SENDGRID_RECIPIENT', false, true],
    [400, refusal('from.email'), 'transient', 'SENDGRID_400', false, false],
    [400, refusal(null), 'transient', 'SENDGRID_400', false, false],
    [400, { errors: 'none' }, 'transient', 'SENDGRID_400', false, false],
    [401, refusal(null), 'transient', 'SENDGRID_401', true, false],
    [413, refusal(null), 'permanent', 'SENDGRID_TOO_LARGE', false, false],
    [429, refusal(null), 'transient', 'SENDGRID_429', true, false],
    [503, undefined, 'transient', 'SENDGRID_503', true, false],
  ] as const)('%i %j is %s', async (status, body, kind, code, carrierAway, recipientRefused) => {
    const { send } = await sending({ status, body });
    const failure = send();
    await expect(failure).rejects.toMatchObject({ kind, code, status, carrierAway, recipientRefused });
    await expect(failure).rejects.not.toThrow(/ada/);
  });

  test('a carrier that hangs is given up at the deadline', async () => {
    const { send } = await sending(undefined);
    await expect(send()).rejects.toMatchObject({ code: 'EDEADLINE', carrierAway: true });
  });

  test('SR-76 what is more than one mailbox leaves nothing', async () => {
    const { calls, send } = await sending(accepted);
    await expect(send({ to: 'ada@mail.example, eve@mail.example' })).rejects.toMatchObject({
      kind: 'permanent',
      recipientRefused: true,
    });
    expect(calls).toEqual([]);
  });
});
