import { createPublicKey, verify } from 'node:crypto';
import { until } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { carriers, listener } from './carriers.ts';
import { runningSandbox } from './running.ts';

const mail = (email: string, changes: object = {}) => ({
  personalizations: [{ to: [{ email }], custom_args: { delivery_id: 'd-1' } }],
  from: { email: 'no-reply@bank.example', name: 'Bank' },
  subject: 'Hi',
  content: [
    { type: 'text/plain', value: 'hello' },
    { type: 'text/html', value: '<p>hello</p>' },
  ],
  headers: { 'X-Template': 'welcome' },
  ...changes,
});

async function sending(body: unknown, { apiKey = carriers.sendgrid.apiKey, webhookUrl = '', timeoutMs = 5000 } = {}) {
  const sandbox = await runningSandbox({ webhookUrl });
  const send = () =>
    fetch(sandbox.at('/sendgrid/v3/mail/send'), {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  return { ...sandbox, send };
}

describe('POST /v3/mail/send', () => {
  test('202 takes the mail into the inbox', async () => {
    const { send, messages } = await sending(mail('ada@mail.example'));
    const answer = await send();
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(answer.headers.get('x-message-id')).toMatch(/^[\w-]{22}$/);
    expect(await messages('?channel=email')).toMatchObject([
      { to: 'ada@mail.example', subject: 'Hi', text: 'hello', html: '<p>hello</p>', template: 'welcome' },
    ]);
  });

  test.each([
    ['no JSON', '{', null],
    ['nobody', mail('a', { personalizations: [] }), 'personalizations'],
    ['no address', mail('ada'), 'personalizations.0.to.0.email'],
    ['no sender', mail('ada@mail.example', { from: {} }), 'from.email'],
    ['no subject', mail('ada@mail.example', { subject: '' }), 'subject'],
    ['no content', mail('ada@mail.example', { content: [] }), 'content'],
    ['invalid@…', mail('invalid@mail.example'), 'personalizations.0.to.0.email'],
  ])('400 for %s, naming the field', async (_, body, field) => {
    const { send, messages } = await sending(body);
    const answer = await send();
    expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ field }] }]);
    expect(await messages()).toEqual([]);
  });

  test('401 for another key', async () => {
    const { send } = await sending(mail('ada@mail.example'), { apiKey: 'SG.other' });
    expect((await send()).status).toBe(401);
  });

  test.each([
    ['defer', [429, 429]],
    ['broken', [500, 500]],
    ['flaky', [503, 202]],
    ['slow', [202, 202]],
  ])('%s@… answers %j', async (mailbox, statuses) => {
    const { send } = await sending(mail(`${mailbox}+1@mail.example`));
    expect([(await send()).status, (await send()).status]).toEqual(statuses);
  });

  test('mute@… is kept, and the sender never learns of it; hang@… is never answered', async () => {
    const mute = await sending(mail('mute@mail.example'));
    await expect(mute.send()).rejects.toThrow();
    expect(await mute.messages()).toHaveLength(1);
    const hanging = await sending(mail('hang@mail.example'), { timeoutMs: 200 });
    await expect(hanging.send()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('events', () => {
  test.each([
    ['ada', { event: 'delivered' }],
    ['bounce', { event: 'bounce', status: '5.1.1' }],
    ['full', { event: 'dropped' }],
  ])('to the webhook, signed: %s@…', async (mailbox, last) => {
    const { url: webhookUrl, calls } = await listener();
    const { send } = await sending(mail(`${mailbox}@mail.example`), { webhookUrl });
    const id = (await send()).headers.get('x-message-id');
    await until(() => calls.length === 2);
    const events = calls.map(({ body }) => JSON.parse(body)[0]);
    expect(events).toMatchObject([{ event: 'processed' }, { delivery_id: 'd-1', ...last }]);
    expect(events[1].sg_message_id.split('.')[0]).toBe(id);
    const key = createPublicKey(carriers.sendgrid.webhookKey);
    for (const { headers, body } of calls) {
      const signed = Buffer.from(`${headers['x-twilio-email-event-webhook-timestamp']}${body}`);
      const signature = Buffer.from(String(headers['x-twilio-email-event-webhook-signature']), 'base64');
      expect(verify('sha256', signed, key, signature)).toBe(true);
    }
  });
});
