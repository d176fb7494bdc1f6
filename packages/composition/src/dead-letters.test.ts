import { inboxKeepWeeks } from '@bank/database';
import { topology } from '@bank/messaging';
import { expect, test } from 'vitest';

test('inboxes remember a message for longer than it may lie among the dead letters and be replayed', () => {
  const weekForRetries = 1;
  expect(inboxKeepWeeks).toBeGreaterThanOrEqual(topology.deadLetterWeeks + weekForRetries);
});
