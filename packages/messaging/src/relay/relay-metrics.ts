import type { Metrics } from '@bank/observability';
import type { Publisher } from '#publish/publisher.ts';
import type { OutboxRow, OutboxStore } from '#relay/outbox-store.ts';
import { topology } from '#topology/topology.ts';

/**
 * Registers what tells how the relay is doing, and gives the function that is told of each batch. Alerts are made of
 * `outbox_oldest_seconds` (events are late) and `broker_unroutable_messages` (events reach nobody).
 */
export function createRelayMetrics(
  metrics: Metrics,
  store: OutboxStore,
  publisher: Publisher,
): (rows: readonly OutboxRow[], confirmed: readonly string[]) => void {
  const lag = metrics.histogram('outbox_publish_lag_seconds', 'Time from writing an outbox row to its confirm', [
    'destination',
  ]);
  metrics.watchOutbox(() => store.backlog());
  metrics.read('broker_unroutable_messages', 'Messages that no queue is bound for', {
    value: () => publisher.depth(topology.unroutable),
  });
  return (rows, confirmed) => {
    const now = Date.now();
    const done = new Set(confirmed);
    for (const row of rows) {
      if (done.has(row.id)) lag.observe({ destination: row.destination }, (now - row.createdAt.getTime()) / 1000);
    }
  };
}
