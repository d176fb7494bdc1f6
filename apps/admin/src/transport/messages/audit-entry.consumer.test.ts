import { topology } from '@bank/messaging';
import { expect, it } from 'vitest';
import type { AppContext } from '#context.ts';
import { auditEntryConsumer } from '#transport/messages/audit-entry.consumer.ts';

it('has no more entries under way than two batches, for which its time is reckoned', () => {
  const { prefetch = 0 } = auditEntryConsumer({} as AppContext);
  const entriesOfAMessage = topology.destinations.audit.batchMax ?? 1;
  expect(prefetch * entriesOfAMessage).toBeLessThanOrEqual(2 * 250);
});
