import { expect, test } from 'vitest';
import { type Consumer, consumersByQueue, takes } from '#consume/consumer.ts';
import { workQueue } from '#topology/topology.ts';

function consumer(name: string, queue: string, types: readonly string[]): Consumer {
  return { name, queue, types, handle: async () => undefined };
}

test('a consumer takes the types it names, or all', () => {
  const one = consumer('a', 'auth.events', ['device.removed.v1']);
  expect(takes(one, 'device.removed.v1')).toBe(true);
  expect(takes(one, 'device.removed.v2')).toBe(false);
  expect(takes(consumer('b', 'admin.audit', ['*']), 'anything')).toBe(true);
});

test('consumers are grouped by queue in their order', () => {
  const a = consumer('a', 'mfa.events', ['user.activated.v1']);
  const b = consumer('b', 'admin.audit', ['*']);
  const c = consumer('c', 'mfa.events', ['*']);
  expect([...consumersByQueue([a, b, c])]).toEqual([
    ['mfa.events', [a, c]],
    ['admin.audit', [b]],
  ]);
});

test.each([
  ['two of one name, who would share an inbox', ['a', 'a'], 'mfa.events', 'two consumers are named a'],
  ['a queue that does not exist', ['a'], 'profile.event', 'infra/rabbitmq/topology.json has no queue profile.event'],
])('refused: %s', (_case, names, queue, problem) => {
  const consumers = names.map((name) => consumer(name, queue, ['user.activated.v1']));
  expect(() => consumersByQueue(consumers)).toThrow(problem);
});

test('a binding without a consumer, and a consumer without a binding, are refused', () => {
  const [left = '', ...bound] = workQueue('mfa.events').types ?? [];
  expect(() => consumersByQueue([consumer('a', 'mfa.events', bound)])).toThrow(
    `mfa.events is bound to ${left}, which no consumer takes`,
  );
  const takesMore = consumer('a', 'mfa.events', [left, ...bound, 'user.erased.v1']);
  expect(() => consumersByQueue([takesMore])).toThrow(
    'a consumer of mfa.events takes user.erased.v1, which is not bound to it',
  );
});
