import { expect, test } from 'vitest';
import { brokerReason } from '#connection/broker-reason.ts';

const refusal = new Error(
  "Operation failed: QueueDeclare; 404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'auth.events' in vhost 'bank'\"",
);

test("the broker's own words are found, also behind another error", () => {
  const words = "NOT_FOUND - no queue 'auth.events' in vhost 'bank'";
  expect(brokerReason(refusal)).toBe(words);
  expect(brokerReason(new Error('cannot be reached', { cause: refusal }))).toBe(words);
});

test('other texts are not told', () => {
  expect(brokerReason(new Error('connect ECONNREFUSED 10.0.0.1:5672'))).toBeUndefined();
  expect(brokerReason('text')).toBeUndefined();
});
