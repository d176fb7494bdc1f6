import { generateKeyPairSync } from 'node:crypto';
import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { callFromSendgrid, callFromTwilio, sendgridEvent, twilioSignature } from './support/callbacks.ts';
import { post } from './support/http.ts';
import { codeSms, deliver, deliveriesBy, deliveryIn, freshPhone } from './support/messages.ts';

const auth = await startAuth({
  env: { EMAIL_PROVIDERS: 'sendgrid', SMS_PER_PREFIX_PER_HOUR: '100000', SMS_PER_HOUR: '100000' },
});

async function sentSms() {
  const phone = freshPhone();
  await deliver(auth, codeSms(auth, phone));
  const sms = await auth.carriers.newestSms(phone);
  await deliveryIn(auth, sms.deliveryId, 'sent');
  return sms;
}

async function sentMail() {
  const email = freshEmail();
  await post(auth, '/v1/auth/register', registration(email));
  const mail = await until(() => auth.carriers.sendgrid.find(({ to }) => to === email));
  await deliveryIn(auth, mail.deliveryId, 'sent');
  return mail;
}

async function stateOf(id: string) {
  const [row] = await auth.database.query('select state, failure, content from auth.deliveries where id = $1', [id]);
  return row;
}

async function told(id: string, action: string): Promise<number> {
  const rows = await auth.database.query(
    `select 1 from auth.outbox where data -> 'details' ->> 'deliveryId' = $1 and data ->> 'action' = $2`,
    [id, action],
  );
  return rows.length;
}

describe('POST /v1/webhooks/twilio', () => {
  it('204 records that a message arrived, once', async () => {
    const sms = await sentSms();
    for (let calls = 0; calls < 3; calls += 1) expect((await callFromTwilio(auth, sms, 'delivered')).status).toBe(204);
    expect(await stateOf(sms.deliveryId)).toEqual({ state: 'delivered', failure: null, content: null });
    expect(await told(sms.deliveryId, 'auth.delivery.delivered')).toBe(1);
  });

  it('204 records that it did not, and why', async () => {
    const sms = await sentSms();
    await callFromTwilio(auth, sms, 'sent');
    expect((await callFromTwilio(auth, sms, 'undelivered', { fields: { ErrorCode: '30005' } })).status).toBe(204);
    expect(await stateOf(sms.deliveryId)).toMatchObject({ state: 'failed', failure: 'TWILIO_30005' });
    expect(await told(sms.deliveryId, 'auth.delivery.failed')).toBe(1);
  });

  it('SR-90 a state that is final stays, in whatever order callbacks come', async () => {
    const sms = await sentSms();
    for (const status of ['delivered', 'sent', 'queued', 'failed']) await callFromTwilio(auth, sms, status);
    expect(await stateOf(sms.deliveryId)).toMatchObject({ state: 'delivered' });
  });

  it('SR-90 403 for every callback that is not signed for this message, and nothing changes', async () => {
    const sms = await sentSms();
    const other = await sentSms();
    const fields = { MessageSid: sms.id, MessageStatus: 'delivered' };
    const refused = await Promise.all([
      callFromTwilio(auth, sms, 'delivered', { signature: '' }),
      callFromTwilio(auth, sms, 'delivered', { signature: twilioSignature(sms.callbackUrl, fields, 'another token') }),
      callFromTwilio(auth, sms, 'delivered', { signature: twilioSignature(other.callbackUrl, fields) }),
      callFromTwilio(auth, { ...sms, callbackUrl: `${sms.callbackUrl.split('?')[0]}` }, 'delivered'),
      callFromTwilio(auth, { ...sms, callbackUrl: sms.callbackUrl.replace(/=.*/, '=%00') }, 'delivered'),
    ]);
    const statuses = refused.map(({ status }) => status);
    expect(statuses.slice(0, 4)).toEqual([403, 403, 403, 403]);
    expect(statuses[4]).toBeGreaterThanOrEqual(400);
    expect(await refused[0]?.json()).toMatchObject({ code: 'auth.callback.refused' });
    expect(await stateOf(sms.deliveryId)).toMatchObject({ state: 'sent' });
    expect(await auth.ctx.metrics.text()).toContain('message_callbacks_total{provider="twilio",outcome="refused"');
  });

  it('SR-37 the address that is signed is of the configuration, whatever the request says', async () => {
    const sms = await sentSms();
    const fields = { MessageSid: sms.id, MessageStatus: 'delivered' };
    const { search } = new URL(sms.callbackUrl);
    const answer = await fetch(`${auth.url}/v1/webhooks/twilio${search}`, {
      method: 'POST',
      headers: {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-twilio-signature': twilioSignature(`https://evil.example/v1/webhooks/twilio${search}`, fields),
      },
      body: new URLSearchParams(fields),
    });
    expect(answer.status).toBe(403);
  });

  it('a copy that another message id names changes nothing', async () => {
    const sms = await sentSms();
    const foreign = { ...sms, id: `SM${'f'.repeat(32)}` };
    expect((await callFromTwilio(auth, foreign, 'failed')).status).toBe(204);
    expect(await stateOf(sms.deliveryId)).toMatchObject({ state: 'sent' });
  });

  it('413 for a body that no callback has, 415 for JSON', async () => {
    const sms = await sentSms();
    const large = await callFromTwilio(auth, sms, 'delivered', { fields: { Extra: 'x'.repeat(17_000) } });
    expect(large.status).toBe(413);
    expect((await post(auth, '/v1/webhooks/twilio', {})).status).toBe(415);
  });
});

describe('a report that is quicker than the answer', () => {
  /** A message that is being sent, as far as we know. */
  async function pending() {
    auth.carriers.behave.twilio = { status: 503 };
    const before = (await deliveriesBy(auth, 'sms')).length;
    await deliver(auth, codeSms(auth, freshPhone()));
    const row = await until(async () => (await deliveriesBy(auth, 'sms'))[before]);
    await until(async () => (await stateOf(row.id))?.['failure'] !== null);
    auth.carriers.behave.twilio = 'accept';
    const callbackUrl = `https://app.bank.example/v1/webhooks/twilio?delivery=${row.id}`;
    return { id: `SM${'e'.repeat(32)}`, callbackUrl, deliveryId: row.id };
  }

  it('that it arrived: it is not sent again', async () => {
    const sms = await pending();
    await callFromTwilio(auth, sms, 'delivered');
    expect(await stateOf(sms.deliveryId)).toEqual({ state: 'delivered', failure: null, content: null });
  });

  it('that it did not: it is sent again, and counts by its own copy', async () => {
    const sms = await pending();
    const { status } = await callFromTwilio(auth, sms, 'failed', { fields: { ErrorCode: '30008' } });
    expect(status).toBe(204);
    expect(await stateOf(sms.deliveryId)).toMatchObject({ state: 'pending', failure: 'TWILIO_30008' });
    auth.clock.advance(6000);
    expect(await deliveryIn(auth, sms.deliveryId, 'sent')).toMatchObject({ failure: null, attempts: 2 });
  });

  it('that this very copy did not: it has failed at once', async () => {
    const sms = await pending();
    await callFromTwilio(auth, sms, 'failed', { fields: { ErrorCode: '30008' } });
    const [settled] = await auth.database.query<{ state: string }>(
      `update auth.deliveries set next_attempt_at = 'infinity' where id = $1 returning state`,
      [sms.deliveryId],
    );
    expect(settled?.state).toBe('pending');
    const access = { who: allow.system('test'), unaudited: 'test' };
    const state = await withTransaction(auth.ctx, access, (tx) =>
      tx.deliveries.settle(sms.deliveryId, {
        state: 'sent',
        provider: 'twilio',
        providerMessageId: sms.id,
        at: auth.clock.now(),
      }),
    );
    expect(state).toBe('failed');
    expect(await stateOf(sms.deliveryId)).toMatchObject({ failure: 'TWILIO_30008', content: null });
  });
});

describe('POST /v1/webhooks/sendgrid', () => {
  it('204 records what became of several messages', async () => {
    const [arrived, bounced, open] = [await sentMail(), await sentMail(), await sentMail()];
    const events = [
      sendgridEvent(arrived, 'delivered'),
      sendgridEvent(bounced, 'bounce', { status: '5.1.1', reason: `no ${bounced.to}` }),
      sendgridEvent(open, 'deferred'),
      { event: 'delivered', email: 'somebody@else.example' },
    ];
    expect((await callFromSendgrid(auth, JSON.stringify(events))).status).toBe(204);
    expect((await callFromSendgrid(auth, JSON.stringify([sendgridEvent(open, 'open')]))).status).toBe(204);
    expect(await stateOf(arrived.deliveryId)).toMatchObject({ state: 'delivered' });
    expect(await stateOf(bounced.deliveryId)).toMatchObject({ state: 'failed', failure: 'SENDGRID_BOUNCE_5.1.1' });
    expect(await stateOf(open.deliveryId)).toMatchObject({ state: 'sent' });
  });

  it('SR-90 403 for a call that comes twice, and what it says is done once', async () => {
    const mail = await sentMail();
    const body = JSON.stringify([sendgridEvent(mail, 'delivered')]);
    const timestamp = String(Math.floor(auth.clock.now().getTime() / 1000));
    const first = await callFromSendgrid(auth, body, { timestamp });
    // Signatures of ECDSA are random: this one is another, and as good.
    const second = await callFromSendgrid(auth, body, { timestamp });
    expect([first.status, second.status]).toEqual([204, 403]);
    expect(await told(mail.deliveryId, 'auth.delivery.delivered')).toBe(1);
  });

  it('SR-90 403 for another key, body or time, and nothing changes', async () => {
    const mail = await sentMail();
    const body = JSON.stringify([sendgridEvent(mail, 'delivered')]);
    const now = Math.floor(auth.clock.now().getTime() / 1000);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const refused = [
      await callFromSendgrid(auth, body, { key }),
      await callFromSendgrid(auth, body, { signedBody: `${body} ` }),
      await callFromSendgrid(auth, body, { timestamp: String(now - 400) }),
      await callFromSendgrid(auth, body, { timestamp: String(now + 400) }),
      await callFromSendgrid(auth, body, { timestamp: 'now' }),
      await post(auth, '/v1/webhooks/sendgrid', [sendgridEvent(mail, 'delivered')]),
    ];
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(403));
    expect(await stateOf(mail.deliveryId)).toMatchObject({ state: 'sent' });
  });

  it('SR-90 nothing is read before it is verified: 403 for what is not even JSON, 400 once it is signed', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect((await callFromSendgrid(auth, '{{{', { key })).status).toBe(403);
    expect((await callFromSendgrid(auth, '{{{')).status).toBe(400);
    expect((await callFromSendgrid(auth, '{"event":"delivered"}')).status).toBe(400);
  });

  it('takes as much as SendGrid sends at once, and no more', async () => {
    const mail = await sentMail();
    const events = Array.from({ length: 2500 }, () => sendgridEvent(mail, 'delivered', { pad: 'x'.repeat(60) }));
    const began = performance.now();
    expect((await callFromSendgrid(auth, JSON.stringify(events))).status).toBe(204);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(await told(mail.deliveryId, 'auth.delivery.delivered')).toBe(1);
    expect((await callFromSendgrid(auth, 'x'.repeat(1_100_000))).status).toBe(413);
  });
});
