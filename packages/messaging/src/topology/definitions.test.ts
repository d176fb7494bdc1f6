import { createHash } from 'node:crypto';
import { Secret } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { brokerDefinitions, vhostDefinitions } from '#topology/definitions.ts';
import { deadQueueOf, retryQueueOf, topology } from '#topology/topology.ts';

const definitions = vhostDefinitions();
const queueNamed = (name: string) => definitions.queues.find((queue) => queue.name === name);

describe('vhostDefinitions', () => {
  it('puts retry queues and a dead queue around every work queue', () => {
    for (const { name, app } of topology.queues) {
      expect(queueNamed(name)?.arguments).toMatchObject({
        'x-queue-type': 'quorum',
        'x-delivery-limit': topology.deliveryLimit,
        'x-dead-letter-exchange': `${app}.recovery`,
        'x-dead-letter-routing-key': deadQueueOf(name),
      });
      for (const [index, delayMs] of topology.retryDelaysMs.entries()) {
        expect(queueNamed(retryQueueOf(name, index + 1))?.arguments).toMatchObject({
          'x-message-ttl': delayMs,
          'x-dead-letter-routing-key': name,
        });
      }
      expect(queueNamed(deadQueueOf(name))?.arguments).not.toHaveProperty('x-dead-letter-exchange');
    }
  });

  it('gives each destination the alternate exchange', () => {
    for (const { exchange } of Object.values(topology.destinations)) {
      expect(definitions.exchanges.find(({ name }) => name === exchange)?.arguments).toEqual({
        'alternate-exchange': 'user-service.unroutable',
      });
    }
  });

  it('binds only between exchanges and queues that it defines', () => {
    const exchanges = definitions.exchanges.map(({ name }) => name);
    for (const { source, destination } of definitions.bindings) {
      expect(exchanges).toContain(source);
      expect(queueNamed(destination), destination).toBeDefined();
    }
  });

  it('reaches every queue by at least one binding', () => {
    const reached = new Set(definitions.bindings.map(({ destination }) => destination));
    expect(definitions.queues.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it('has the queues of one app alone where that is asked for', () => {
    const { queues, bindings } = vhostDefinitions({ app: 'profile' });
    const names = queues.map(({ name }) => name);
    const own = names.filter((name) => name.startsWith('profile.'));
    const around = ['profile.events', retryQueueOf('profile.events', 1), deadQueueOf('profile.events')];
    expect(own).toEqual(expect.arrayContaining(around));
    expect(names.length - own.length).toBe(2);
    expect(bindings.every(({ destination }) => names.includes(destination))).toBe(true);
  });

  it('SR-88 forgets the dead letters that hold what no erasure reaches, within two weeks, and no others', () => {
    const policies = definitions.policies.map(({ pattern, definition }) => [pattern, definition]);
    expect(policies).toEqual([['^(auth[.]deliveries[.]dead)$', { 'message-ttl': 1_209_600_000 }]]);
    expect(vhostDefinitions({ app: 'profile' }).policies).toEqual([]);
  });

  it('refuses another number of retries, since consumers count them by the topology', () => {
    expect(() => vhostDefinitions({ retryDelaysMs: [1] })).toThrow('the topology has 4 retries, not 1');
  });
});

describe('brokerDefinitions', () => {
  const users = [
    { name: 'auth', password: new Secret('auth-password') },
    { name: 'stack', password: new Secret('stack-password'), role: 'administrator' as const },
  ];

  it('hashes passwords as RabbitMQ does', () => {
    const [user] = brokerDefinitions({ vhost: 'bank', users }).users;
    const hash = Buffer.from(user?.password_hash ?? '', 'base64');
    const digest = createHash('sha256').update(hash.subarray(0, 4)).update('auth-password').digest();
    expect(hash.subarray(4)).toEqual(digest);
    expect(JSON.stringify(user)).not.toContain('auth-password');
  });

  it('gives rights by role, and the management tag to the administrator alone', () => {
    const { users: made, permissions, topic_permissions } = brokerDefinitions({ vhost: 'bank', users });
    expect(made.map(({ name, tags }) => [name, tags])).toEqual([
      ['auth', []],
      ['stack', ['administrator']],
    ]);
    expect(permissions.map(({ user, vhost }) => [user, vhost])).toEqual([
      ['auth', 'bank'],
      ['stack', 'bank'],
    ]);
    expect(topic_permissions.map(({ user }) => user)).toEqual(['auth']);
  });

  it('refuses a user whose role nobody said', () => {
    const stranger = [{ name: 'stranger', password: new Secret('p') }];
    expect(() => brokerDefinitions({ vhost: 'bank', users: stranger })).toThrow(
      'the broker user stranger needs a role',
    );
  });
});
