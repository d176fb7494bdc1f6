import { Secret } from '@bank/domain';
import { serviceAddress, testRabbitVhost } from '@bank/testing';
import { type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apps, type BrokerRole, brokerDefinitions, createPublisher, listDeadLetters, type Publisher } from '#index.ts';
import { message, silent } from './support/broker.ts';
import { callManagement } from './support/management.ts';

const roles: readonly BrokerRole[] = [...apps, 'operator', 'platform'];
let vhost: string;

function userOf(role: BrokerRole): string {
  return `${vhost}_${role}`;
}

function urlOf(role: BrokerRole): Secret {
  const url = new URL(serviceAddress('TEST_RABBITMQ_URL'));
  url.username = userOf(role);
  url.password = `password of ${role}`;
  url.pathname = `/${vhost}`;
  return new Secret(url.href);
}

async function withPublisher<T>(role: BrokerRole, work: (publisher: Publisher) => Promise<T>): Promise<T> {
  const publisher = createPublisher({ url: urlOf(role), service: role, logger: silent });
  try {
    return await work(publisher);
  } finally {
    await publisher.close();
  }
}

async function refusalOf(role: BrokerRole, act: (channel: ConfirmChannel) => Promise<unknown>): Promise<string> {
  const connection = await connect(urlOf(role).reveal());
  try {
    const channel = await connection.createConfirmChannel();
    const refused = new Promise<string>((resolve) => channel.on('error', (error: Error) => resolve(error.message)));
    const acted = act(channel).then(
      () => 'allowed',
      () => refused,
    );
    return await acted;
  } finally {
    await connection.close();
  }
}

function publishOn(exchange: string, routingKey: string): (channel: ConfirmChannel) => Promise<void> {
  return async (channel) => {
    channel.publish(exchange, routingKey, Buffer.from('{}'), {}, () => undefined);
    await channel.waitForConfirms();
  };
}

beforeAll(async () => {
  vhost = (await testRabbitVhost()).name;
  const users = roles.map((role) => ({ name: userOf(role), password: new Secret(`password of ${role}`), role }));
  await callManagement('POST', 'definitions', brokerDefinitions({ vhost, users }));
});

afterAll(async () => {
  for (const role of roles) await callManagement('DELETE', `users/${userOf(role)}`);
});

describe('the definitions on a real broker', () => {
  it.each(apps)('let %s publish to all three destinations', async (app) => {
    const sent = [
      message('user.data_erased.v1', { routingKey: 'user.data_erased.v1' }),
      message('x', { exchange: 'user-service.deliveries', routingKey: 'deliveries' }),
      message('x', { exchange: 'user-service.audit', routingKey: 'audit' }),
    ];
    const { confirmed } = await withPublisher(app, (publisher) => publisher.publish(sent));
    expect(confirmed).toHaveLength(3);
  });

  it('let the platform publish on its own exchange', async () => {
    const publish = publishOn('notification.events', 'notification.delivery.updated.v1');
    expect(await refusalOf('platform', publish)).toBe('allowed');
  });

  it.each([
    ['device', 'auth.deliveries'],
    ['profile', 'admin.audit'],
    ['mfa', 'auth.events'],
    ['auth', 'auth.events.dead'],
    ['operator', 'auth.deliveries'],
    ['platform', 'auth.events'],
  ] as const)('keep %s from reading %s', async (role, queue) => {
    expect(await refusalOf(role, (channel) => channel.get(queue))).toContain('ACCESS_REFUSED');
  });

  it.each([
    ['device', 'user-service.events', 'user.activated.v1'],
    ['device', 'profile.recovery', 'profile.events'],
    ['device', '', 'profile.events'],
    ['profile', 'user-service.unroutable', ''],
    ['auth', 'notification.events', 'notification.delivery.updated.v1'],
    ['profile', 'kyc.events', 'kyc.verification.completed.v1'],
    ['platform', 'user-service.events', 'user.activated.v1'],
  ] as const)('keep %s from publishing on "%s" with %s', async (role, exchange, key) => {
    expect(await refusalOf(role, publishOn(exchange, key))).toContain('ACCESS_REFUSED');
  });

  it('keep every app from declaring', async () => {
    expect(await refusalOf('auth', (channel) => channel.assertQueue('auth.mine'))).toContain('ACCESS_REFUSED');
  });

  it('let the operator look at what was set aside', async () => {
    const options = { url: urlOf('operator'), logger: silent };
    expect(await listDeadLetters({ ...options, queue: 'admin.audit' })).toEqual([]);
  });

  it('refuse a wrong password', async () => {
    const url = new Secret(urlOf('auth').reveal().replace('password', 'passwort'));
    const publisher = createPublisher({ url, service: 'auth', logger: silent });
    await expect(publisher.connect()).rejects.toThrow('the broker cannot be reached');
  });
});
