import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { codeSms, deliver, deliveriesBy, deliveryIn, freshPhone } from './support/messages.ts';

const auth = await startAuth({ env: { SMS_PER_NUMBER_PER_HOUR: '100' } });

describe('a text message', () => {
  it('is sent once by Twilio, recorded with its id, and wiped', async () => {
    const phone = freshPhone();
    await deliver(auth, codeSms(auth, phone));
    const sms = await auth.carriers.newestSms(phone);
    expect(sms.text).toContain('048291 is your Bank code');
    const row = await deliveryIn(auth, sms.deliveryId, 'sent');
    expect(row).toMatchObject({ content: null, attempts: 1, provider: 'twilio', provider_message_id: sms.id });
    const told = await auth.database.query(
      `select data::text from auth.outbox where destination = 'audit' and data -> 'details' ->> 'deliveryId' = $1`,
      [sms.deliveryId],
    );
    expect(told).toHaveLength(1);
    expect(JSON.stringify([row, told])).not.toContain(phone.slice(3));
  });

  it('is tried again while the failure may pass, and given up when it is for good', async () => {
    auth.carriers.behave.twilio = { status: 400, code: 21606 };
    const phone = freshPhone();
    await deliver(auth, codeSms(auth, phone));
    const waiting = await until(async () => (await deliveriesBy(auth, 'sms')).find((row) => row.failure !== null));
    expect(waiting).toMatchObject({ state: 'pending', failure: 'TWILIO_21606', admitted: true });
    auth.carriers.behave.twilio = { status: 400, code: 21211 };
    auth.clock.advance(6000);
    expect(await deliveryIn(auth, waiting.id, 'undeliverable')).toMatchObject({
      content: null,
      failure: 'TWILIO_21211',
    });
    auth.carriers.behave.twilio = 'accept';
  });

  it('goes to the proven number of a user, and to nobody while none is proven', async () => {
    const account = await register(auth);
    const expiresAt = new Date(auth.clock.now().getTime() + 60_000);
    const before = (await deliveriesBy(auth, 'sms')).length;
    await deliver(auth, {
      to: { userId: account.id },
      channel: 'sms',
      template: 'phone-changed',
      params: {},
      expiresAt,
    });
    const row = await until(async () => (await deliveriesBy(auth, 'sms'))[before]);
    expect(await deliveryIn(auth, row.id, 'undeliverable')).toMatchObject({ failure: 'NOBODY', content: null });
  });

  it('of what is no number is undeliverable', async () => {
    const row = await written({ to: { phone: '0151 1' }, template: 'phone-changed' });
    expect(await deliveryIn(auth, row.id, 'undeliverable')).toMatchObject({ failure: 'NOBODY', content: null });
  });

  it('of a template of a later release waits for a replica that knows it, until it has expired', async () => {
    const { id } = await written({ to: { phone: freshPhone() }, template: 'of-a-later-release' });
    const tried = (attempts: number) => async () =>
      (await deliveriesBy(auth, 'sms')).find(
        (row) => row.id === id && row.attempts === attempts && row.failure !== null,
      );
    const waits = { state: 'pending', failure: 'TEMPLATE_UNKNOWN', admitted: false, content: expect.anything() };
    expect(await until(tried(1))).toMatchObject(waits);
    auth.clock.advance(6000);
    expect(await until(tried(2))).toMatchObject(waits);
    auth.clock.advance(3_600_000);
    expect(await deliveryIn(auth, id, 'expired')).toMatchObject({ content: null });
  });

  /** The row of a text message that was asked for. */
  async function written(message: { to: { phone: string }; template: string }) {
    const before = (await deliveriesBy(auth, 'sms')).length;
    const { expiresAt } = codeSms(auth, freshPhone());
    await deliver(auth, { ...message, channel: 'sms', params: {}, expiresAt });
    return await until(async () => (await deliveriesBy(auth, 'sms'))[before]);
  }
});

describe('a provider that hangs', () => {
  it('slows nothing: requests answer, and mail still goes out within a second', { timeout: 30_000 }, async () => {
    auth.carriers.behave.twilio = 'hang';
    await deliver(auth, ...Array.from({ length: 60 }, () => codeSms(auth, freshPhone(), '111111', 60)));
    await until(async () => (await metric('message_provider_in_flight{channel="sms",provider="twilio"')) === 16);
    const began = performance.now();
    const email = freshEmail();
    const started = await post(auth, '/v1/auth/register', registration(email));
    await auth.mailbox.newest(email, /Confirm/);
    expect(started.status).toBe(202);
    expect(performance.now() - began).toBeLessThan(1000);
    await until(async () => (await metric('message_provider_breaker{channel="sms",provider="twilio"')) === 2, {
      deadlineMs: 10_000,
    });
    auth.carriers.behave.twilio = 'accept';
  });
});

async function metric(prefix: string): Promise<number> {
  const line = (await auth.ctx.metrics.text()).split('\n').find((text) => text.startsWith(prefix));
  return Number(line?.split(' ').at(-1));
}
