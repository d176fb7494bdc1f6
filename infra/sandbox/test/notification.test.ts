import { randomUUID } from 'node:crypto';
import { topology, vhostDefinitions } from '@bank/messaging';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { decodeEvent } from '@bank/proto/events';
import {
  DeliveryState,
  DeliveryUpdatedSchema,
  NotificationChannel,
  NotificationService,
} from '@bank/proto/notification';
import { testRabbitVhost, until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runningPlatform } from './platform.ts';

const auth = 'spiffe://bank/app/auth';

function message(recipient: string, channel: NotificationChannel = NotificationChannel.EMAIL) {
  const expiresAt = timestampFromDate(new Date(Date.now() + 60_000));
  const content = { subject: 'Your code', text: 'code 048291', html: '<b>048291</b>', template: 'registration_code' };
  return { deliveryId: randomUUID(), recipient, channel, expiresAt, ...content };
}

async function notificationService(options: { slowMs?: number; brokerUrl?: string } = {}) {
  const platform = await runningPlatform(options);
  const client = await platform.client('notification', NotificationService, auth);
  return {
    ...platform,
    client,
    messages: async () => (await platform.json('/api/messages'))['items'] as Record<string, unknown>[],
    stateOf: async (notificationId: string) => {
      const { state, reason } = await client.getDelivery({ notificationId });
      return [state, reason];
    },
  };
}

async function codeOf(call: Promise<unknown>) {
  return ConnectError.from(await call.catch((reason: unknown) => reason)).code;
}

describe('NotificationService.Send', () => {
  test.each([
    [NotificationChannel.EMAIL, 'email', 'ada@bank.example'],
    [NotificationChannel.SMS, 'sms', '+4915112345678'],
    [NotificationChannel.PUSH, 'push', 'token-1'],
  ])('over channel %i puts the message into the inbox as %s', async (channel, name, recipient) => {
    const { client, messages, stateOf } = await notificationService();
    const { notificationId } = await client.send(message(recipient, channel));
    expect(await messages()).toMatchObject([{ channel: name, to: recipient, template: 'registration_code' }]);
    expect(await stateOf(notificationId)).toEqual([DeliveryState.DELIVERED, '']);
  });

  test('sends once for a delivery id, and answers with the same notification', async () => {
    const { client, messages } = await notificationService();
    const sent = message('ada@bank.example');
    expect(await client.send(sent)).toEqual(await client.send(sent));
    expect(await messages()).toHaveLength(1);
  });

  test.each(['invalid@bank.example', 'Invalid+1@bank.example', '+15005550001', 'invalid-token'])(
    'INVALID_ARGUMENT that is about the recipient for %s',
    async (recipient) => {
      const { client } = await notificationService();
      const refusal = ConnectError.from(await client.send(message(recipient)).catch((reason: unknown) => reason));
      expect(refusal.code).toBe(Code.InvalidArgument);
      expect(refusal.findDetails(ErrorInfoSchema)).toMatchObject([{ code: 'notification.recipient.invalid' }]);
    },
  );

  test.each([
    ['bounce@bank.example', DeliveryState.FAILED, 'address_unknown', 0],
    ['+15005550003', DeliveryState.EXPIRED, '', 0],
    ['stuck@bank.example', DeliveryState.SENT, '', 1],
  ])('to %s ends in state %i', async (recipient, state, reason, kept) => {
    const { client, messages, stateOf } = await notificationService();
    const { notificationId } = await client.send(message(recipient));
    expect(await stateOf(notificationId)).toEqual([state, reason]);
    expect(await messages()).toHaveLength(kept);
  });

  test('drops what has expired', async () => {
    const { client, messages, stateOf } = await notificationService();
    const expiresAt = timestampFromDate(new Date(Date.now() - 1000));
    const { notificationId } = await client.send({ ...message('ada@bank.example'), expiresAt });
    expect([await stateOf(notificationId), await messages()]).toEqual([[DeliveryState.EXPIRED, ''], []]);
  });

  test('UNAVAILABLE every time for defer, once a message for flaky', async () => {
    const { client, messages } = await notificationService();
    const [deferred, flaky] = [message('defer@bank.example'), message('+15005550006', NotificationChannel.SMS)];
    expect(await codeOf(client.send(deferred))).toBe(Code.Unavailable);
    expect(await codeOf(client.send(deferred))).toBe(Code.Unavailable);
    expect(await codeOf(client.send(flaky))).toBe(Code.Unavailable);
    await client.send(flaky);
    expect(await messages()).toHaveLength(1);
  });

  test('mute is kept, and its sender learns of it by asking again', async () => {
    const { client, messages } = await notificationService();
    const sent = message('mute@bank.example');
    await expect(client.send(sent)).rejects.toThrow();
    expect((await client.send(sent)).notificationId).not.toBe('');
    expect(await messages()).toHaveLength(1);
  });

  test('slow answers after the set time', async () => {
    const { client } = await notificationService({ slowMs: 300 });
    const began = performance.now();
    await client.send(message('slow@bank.example'));
    expect(performance.now() - began).toBeGreaterThanOrEqual(300);
  });

  test('is for auth alone', async () => {
    const platform = await runningPlatform();
    const device = await platform.client('notification', NotificationService, 'spiffe://bank/app/device');
    expect(await codeOf(device.send(message('ada@bank.example')))).toBe(Code.PermissionDenied);
  });
});

test('GetDelivery: NOT_FOUND for what was never sent', async () => {
  const { client } = await notificationService();
  expect(await codeOf(client.getDelivery({ notificationId: 'none' }))).toBe(Code.NotFound);
});

test('notification.delivery.updated.v1 tells of every state in its order, without the address', async () => {
  const vhost = await testRabbitVhost({ definitions: vhostDefinitions() });
  const connection = await connect(vhost.url);
  onTestFinished(() => connection.close());
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, topology.platform.notification.exchange, 'notification.delivery.updated.v1');
  const bodies: string[] = [];
  await channel.consume(queue, (delivered) => bodies.push(delivered?.content.toString() ?? ''), { noAck: true });

  const { client } = await notificationService({ brokerUrl: vhost.url });
  const { notificationId } = await client.send(message('bounce@bank.example'));
  await until(() => bodies.length >= 2);
  const updates = bodies.map((body) => decodeEvent(DeliveryUpdatedSchema, JSON.parse(body).data));
  expect(updates.map(({ state, reason }) => [state, reason])).toEqual([
    [DeliveryState.SENT, ''],
    [DeliveryState.FAILED, 'address_unknown'],
  ]);
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ subject: notificationId, source: '/notification' });
  expect(bodies.join()).not.toContain('bank.example');
});
