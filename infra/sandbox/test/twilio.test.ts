import { createHmac } from 'node:crypto';
import { until } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { carriers, listener } from './carriers.ts';
import { runningSandbox } from './running.ts';

const { twilio } = carriers;
const path = `/twilio/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`;
const credentials = `Basic ${Buffer.from(`${twilio.apiKeySid}:${twilio.apiKeySecret}`).toString('base64')}`;
const form = { To: '+4915112345678', Body: '048291 is your code', MessagingServiceSid: 'MG1' };

async function sending(
  fields: Record<string, string>,
  { to = path, authorization = credentials, timeoutMs = 5000 } = {},
) {
  const sandbox = await runningSandbox();
  const send = () =>
    fetch(sandbox.at(to), {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(timeoutMs),
    });
  return { ...sandbox, send };
}

describe('POST /v2/Services/{Sid}/Verifications', () => {
  const to = `/twilio/v2/Services/VA${'0'.repeat(32)}/Verifications`;
  const verification = { To: form.To, Channel: 'sms', CustomCode: '048291' };

  test('201 tells the code in words of its own', async () => {
    const { send, messages } = await sending(verification, { to });
    const answer = await send();
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ sid: expect.stringMatching(/^VE[0-9a-f]{32}$/), status: 'pending' });
    expect(await messages('?channel=sms')).toMatchObject([{ to: form.To, text: 'Your verification code is: 048291' }]);
  });

  test.each([
    ['another key', verification, { to, authorization: 'Basic x' }, 401, 20003],
    ['no such service', verification, { to: to.replace('VA', 'XX') }, 404, 20404],
    ['no number', { ...verification, To: '0151 1' }, { to }, 400, 60200],
    ['no code', { To: form.To, Channel: 'sms' }, { to }, 400, 60200],
    ['a number that is refused', { ...verification, To: '+15005550009' }, { to }, 400, 21614],
  ])('%s is refused', async (_, fields, options, status, code) => {
    const { send, messages } = await sending(fields, options);
    const answer = await send();
    expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([status, code]);
    expect(await messages()).toEqual([]);
  });
});

describe('POST /2010-04-01/Accounts/{Sid}/Messages.json', () => {
  test('201 takes the message into the inbox', async () => {
    const { send, messages } = await sending(form);
    const answer = await send();
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      account_sid: twilio.accountSid,
      to: form.To,
      status: 'accepted',
      error_code: null,
    });
    expect(await messages('?channel=sms')).toMatchObject([{ to: form.To, text: form.Body, subject: '' }]);
  });

  test.each([
    ['another key', form, { authorization: `Basic ${Buffer.from('SK1:no').toString('base64')}` }, 401, 20003],
    ['another account', form, { to: path.replace(twilio.accountSid, `AC${'f'.repeat(32)}`) }, 404, 20404],
    ['no recipient', { Body: 'x', From: '+1' }, {}, 400, 21604],
    ['no number', { ...form, To: '0151 1' }, {}, 400, 21211],
    ['no sender', { To: form.To, Body: 'x' }, {}, 400, 21603],
    ['no text', { ...form, Body: '' }, {}, 400, 21602],
    ['too much text', { ...form, Body: 'x'.repeat(1601) }, {}, 400, 21617],
  ])('%s is refused as Twilio refuses it', async (_, fields, options, status, code) => {
    const { send, messages } = await sending(fields, options);
    const answer = await send();
    expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([status, code]);
    expect(await messages()).toEqual([]);
  });

  test.each([
    [1, 400, 21211],
    [2, 400, 21612],
    [3, 400, 21408],
    [4, 400, 21610],
    [5, 429, 20429],
    [6, 500, 20500],
    [9, 400, 21614],
  ])('+1500555000%i answers %i %i', async (digit, status, code) => {
    const { send } = await sending({ ...form, To: `+1500555000${digit}` });
    const answer = await send();
    expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([status, code]);
  });

  test('+15005550008 is never answered, and a stop does not wait for it', async () => {
    const { send, messages } = await sending({ ...form, To: '+15005550008' }, { timeoutMs: 200 });
    await expect(send()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await messages()).toEqual([]);
  });
});

describe('status callbacks', () => {
  test.each([
    [form.To, { MessageStatus: 'delivered' }],
    ['+15005550007', { MessageStatus: 'undelivered', ErrorCode: '30003' }],
  ])('to the address that the message names, signed: %s', async (to, last) => {
    const { url, calls } = await listener();
    const { send } = await sending({ ...form, To: to, StatusCallback: `${url}/v1/webhooks/twilio?delivery=1` });
    const { sid } = (await (await send()).json()) as { sid: string };
    await until(() => calls.length === 2);
    const fields = calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(fields).toMatchObject([
      { MessageSid: sid, MessageStatus: 'sent' },
      { MessageSid: sid, ...last },
    ]);
    for (const { path: called, headers, body } of calls) {
      const pairs = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
      const signed = `${url}${called}${pairs.map(([name, value]) => name + value).join('')}`;
      const expected = createHmac('sha1', twilio.authToken).update(signed).digest('base64');
      expect(headers['x-twilio-signature']).toBe(expected);
    }
  });

  test('come again when nobody answers them', async () => {
    const { url, calls } = await listener((count) => (count === 1 ? 503 : 204));
    const { send } = await sending({ ...form, StatusCallback: url });
    await send();
    await until(() => calls.length === 3);
    expect(calls.map(({ body }) => new URLSearchParams(body).get('MessageStatus'))).toEqual([
      'sent',
      'sent',
      'delivered',
    ]);
  });
});
