import type { Metrics } from '@bank/observability';
import type { Publisher } from '#publish/publisher.ts';
import type { OutboxRow, OutboxStore } from '#relay/outbox-store.ts';
import { deadQueueOf, destinations, topology } from '#topology/topology.ts';

export interface RelayMetricsOptions {
  readonly metrics: Metrics;
  readonly store: OutboxStore;
  readonly publisher: Publisher;
  /** The app whose queues are looked at. */
  readonly service: string;
}

/**
 * Registers what tells how the relay and the app's queues are doing, and gives the function that is told of each batch. Alerts
 * are made of `outbox_oldest_seconds` (events are late), `broker_unroutable_messages` (events reach nobody),
 * `broker_dead_letters` (events were given up) and `broker_waiting_messages` (events are not handled in time).
 */
export function createRelayMetrics({
  metrics,
  store,
  publisher,
  service,
}: RelayMetricsOptions): (rows: readonly OutboxRow[], confirmed: readonly string[]) => void {
  const lag = metrics.histogram('outbox_publish_lag_seconds', 'Time from writing an outbox row to its confirm', [
    'destination',
  ]);
  metrics.watchOutbox(destinations, () => store.backlog());
  metrics.read('broker_unroutable_messages', 'Messages that no queue is bound for', {
    value: () => publisher.depth(topology.unroutable),
  });
  for (const { name: queue } of topology.queues.filter(({ app }) => app === service)) {
    metrics.read('broker_dead_letters', 'Messages that failed for good, by the queue they failed in', {
      labels: { queue },
      value: () => publisher.depth(deadQueueOf(queue)),
    });
    metrics.read('broker_waiting_messages', 'Messages that wait for a consumer, by queue', {
      labels: { queue },
      value: () => publisher.depth(queue),
    });
  }
  return (rows, confirmed) => {
    const now = Date.now();
    const done = new Set(confirmed);
    for (const row of rows) {
      if (done.has(row.id)) lag.observe({ destination: row.destination }, (now - row.createdAt.getTime()) / 1000);
    }
  };
}
