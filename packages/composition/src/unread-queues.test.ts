import type { Consumer } from '@bank/messaging';
import { expect, test } from 'vitest';
import { refuseUnreadQueues } from './unread-queues.ts';

function consumerOf(queue: string): Consumer {
  return { name: `reads ${queue}`, queue, types: ['*'], handle: async () => undefined };
}

test('an app that reads each of its queues is taken', () => {
  expect(() => refuseUnreadQueues('admin', [consumerOf('admin.events'), consumerOf('admin.audit')])).not.toThrow();
});

test('an app that leaves one unread is refused, by the name of the queue', () => {
  expect(() => refuseUnreadQueues('admin', [consumerOf('admin.events')])).toThrow('admin.audit');
  expect(() => refuseUnreadQueues('device', [])).toThrow('device.events');
});
