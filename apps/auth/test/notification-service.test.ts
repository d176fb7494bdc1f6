import { DeliveryState, NotificationChannel } from '@bank/proto/notification';
import { until } from '@bank/testing';
import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { askNotificationService } from '#features/delivery-report/ask-notification-service.ts';
import { createUnheardMessages } from '#jobs/unheard-messages.ts';
import { freshEmail, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { codeSms, deliver, deliveryIn, freshPhone } from './support/messages.ts';
import { startNotificationService, tellUpdate } from './support/notification-service.ts';

const platform = await startNotificationService();
const auth = await startAuth({
  env: { EMAIL_PROVIDERS: 'notification,smtp', SMS_PROVIDERS: 'notification', NOTIFICATION_RPC_URL: platform.url },
});
await platform.identify(auth);

async function takenFor(recipient: string) {
  return await until(() => platform.taken.find((message) => message.recipient === recipient));
}

async function sentSms() {
  const phone = freshPhone();
  await deliver(auth, codeSms(auth, phone));
  const message = await takenFor(phone);
  await deliveryIn(auth, message.deliveryId, 'sent');
  return message;
}

describe('the Notification service as a carrier', () => {
  it('takes mail and text messages as their recipients will see them', async () => {
    const email = freshEmail();
    await post(auth, '/v1/auth/register', registration(email));
    const mail = await takenFor(email);
    expect(mail).toMatchObject({ channel: NotificationChannel.EMAIL, template: 'registration-code' });
    expect([mail.subject, mail.text, mail.html].every((part) => part !== '')).toBe(true);
    const sms = await sentSms();
    expect(sms).toMatchObject({ channel: NotificationChannel.SMS, subject: '', html: '', template: 'phone-code' });
    expect(Number(sms.expiresAt?.seconds) * 1000).toBeGreaterThan(auth.clock.now().getTime());
    const row = await deliveryIn(auth, sms.deliveryId, 'sent');
    expect(row).toMatchObject({ provider: 'notification', provider_message_id: sms.notificationId, content: null });
  });

  it('gives way to the next one while it is away', async () => {
    const away = freshEmail();
    platform.refusal = Code.Unavailable;
    await post(auth, '/v1/auth/register', registration(away));
    await auth.mailbox.newest(away, /Confirm/);
    platform.refusal = undefined;
  });

  it.each([
    ['the recipient, by a detail of its own', 'recipient', 'undeliverable', 'NOTIFICATION_RECIPIENT'],
    ['any message, as a validator does', Code.InvalidArgument, 'failed', 'NOTIFICATION_REFUSED'],
  ] as const)('does not give way when it refuses %s', async (_name, refusal, state, failure) => {
    const refused = freshEmail();
    platform.refusal = refusal;
    await post(auth, '/v1/auth/register', registration(refused));
    const row = await until(async () => {
      const rows = await auth.database.query('select state from auth.deliveries where failure = $1', [failure]);
      return rows[0];
    });
    platform.refusal = undefined;
    expect(row).toEqual({ state });
    expect(await auth.mailbox.received(refused)).toEqual([]);
  });
});

describe('notification.delivery.updated.v1', () => {
  it.each([
    [DeliveryState.DELIVERED, '', 'delivered', null],
    [DeliveryState.FAILED, 'address_unknown', 'failed', 'NOTIFICATION_ADDRESS_UNKNOWN'],
    [DeliveryState.FAILED, 'ada@mail.example', 'failed', 'NOTIFICATION_FAILED'],
    [DeliveryState.EXPIRED, '', 'failed', 'NOTIFICATION_EXPIRED'],
  ] as const)('state %s %j makes a message %s', async (state, reason, expected, failure) => {
    const message = await sentSms();
    await tellUpdate(auth, message, DeliveryState.SENT);
    await tellUpdate(auth, message, state, { reason });
    expect(await deliveryIn(auth, message.deliveryId, expected)).toMatchObject({ failure });
  });

  it('twice, late or about another copy changes nothing', async () => {
    const message = await sentSms();
    const id = crypto.randomUUID();
    const told = async () =>
      await auth.database.query(
        `select 1 from auth.outbox where data -> 'details' ->> 'deliveryId' = $1 and data ->> 'action' = 'auth.delivery.delivered'`,
        [message.deliveryId],
      );
    await tellUpdate(auth, { ...message, notificationId: 'another' }, DeliveryState.FAILED);
    await tellUpdate(auth, message, DeliveryState.DELIVERED, { id });
    await tellUpdate(auth, message, DeliveryState.DELIVERED, { id });
    await tellUpdate(auth, message, DeliveryState.FAILED);
    await until(async () => (await told()).length > 0);
    const other = await sentSms();
    await tellUpdate(auth, other, DeliveryState.DELIVERED);
    await deliveryIn(auth, other.deliveryId, 'delivered');
    expect(await deliveryIn(auth, message.deliveryId, 'delivered')).toMatchObject({ failure: null });
    expect(await told()).toHaveLength(1);
  });
});

/** Time passes until it is asked what became of them. */
async function becomeDue(...messages: { deliveryId: string }[]): Promise<void> {
  await auth.database.query(
    `update auth.deliveries set settled_at = settled_at - interval '1 hour', ask_at = ask_at - interval '1 hour'
      where id = any ($1)`,
    [messages.map(({ deliveryId }) => deliveryId)],
  );
}

describe('a message of which nothing was heard', () => {
  it('is asked about, and what is not known to the service stays as it is', async () => {
    const [arrived, unknown, young] = [await sentSms(), await sentSms(), await sentSms()];
    platform.states.set(arrived.notificationId, DeliveryState.DELIVERED);
    platform.states.set(young.notificationId, DeliveryState.DELIVERED);
    await becomeDue(arrived, unknown);
    await askNotificationService(auth.ctx);
    expect(await deliveryIn(auth, arrived.deliveryId, 'delivered')).toMatchObject({ failure: null });
    for (const { deliveryId } of [unknown, young]) await deliveryIn(auth, deliveryId, 'sent');
  });

  it('is not kept waiting by a hundred older ones that nobody knows', async () => {
    const arrived = await sentSms();
    platform.states.set(arrived.notificationId, DeliveryState.DELIVERED);
    await becomeDue(arrived);
    await auth.database.query(
      `insert into auth.deliveries (id, channel, template, state, provider, provider_message_id, created_at, expires_at, settled_at, ask_at)
        select gen_random_uuid(), channel, template, state, provider, 'unknown-' || n, created_at, expires_at, settled_at,
            ask_at - interval '1 minute'
          from auth.deliveries, generate_series(1, 150) n where id = $1`,
      [arrived.deliveryId],
    );
    const worker = createUnheardMessages(auth.ctx);
    await worker.start();
    await deliveryIn(auth, arrived.deliveryId, 'delivered');
    await worker.stop();
  });

  it('is asked about although the service fails to answer about another of the same batch', async () => {
    const [broken, arrived] = [await sentSms(), await sentSms()];
    platform.faults.add(broken.notificationId);
    platform.states.set(arrived.notificationId, DeliveryState.DELIVERED);
    await becomeDue(broken, arrived);
    await auth.database.query(`update auth.deliveries set ask_at = ask_at - interval '1 minute' where id = $1`, [
      broken.deliveryId,
    ]);
    await askNotificationService(auth.ctx);
    await deliveryIn(auth, arrived.deliveryId, 'delivered');
    const { ask_at: askAt } = await deliveryIn(auth, broken.deliveryId, 'sent');
    expect(askAt).toBeInstanceOf(Date);
    expect((askAt as Date).getTime()).toBeGreaterThan(auth.clock.now().getTime() + 500_000);
  });

  it('is asked about no more after a day', async () => {
    const old = await sentSms();
    await becomeDue(old);
    await auth.database.query(`update auth.deliveries set settled_at = settled_at - interval '1 day' where id = $1`, [
      old.deliveryId,
    ]);
    await askNotificationService(auth.ctx);
    expect(await deliveryIn(auth, old.deliveryId, 'sent')).toMatchObject({ ask_at: null });
  });
});
