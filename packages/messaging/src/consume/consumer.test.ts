import { expect, test } from 'vitest';
import { type Consumer, consumersByQueue, takes } from '#consume/consumer.ts';

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
  const [a, b, c] = [consumer('a', 'q1', []), consumer('b', 'q2', []), consumer('c', 'q1', [])];
  expect([...consumersByQueue([a, b, c])]).toEqual([
    ['q1', [a, c]],
    ['q2', [b]],
  ]);
});

test('two consumers of one name would share an inbox, and are refused', () => {
  expect(() => consumersByQueue([consumer('a', 'q1', []), consumer('a', 'q2', [])])).toThrow(
    'two consumers are named a',
  );
});
