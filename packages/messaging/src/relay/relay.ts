import type { Logger, Metrics } from '@bank/observability';
import { brokerReason } from '#connection/broker-reason.ts';
import type { Publisher } from '#publish/publisher.ts';
import type { OutboxRow, OutboxStore } from '#relay/outbox-store.ts';
import { outgoingRow } from '#relay/outgoing-row.ts';
import { createRelayMetrics } from '#relay/relay-metrics.ts';
import { createBackOff } from '#timing/back-off.ts';
import { createBell } from '#timing/bell.ts';
import type { Worker } from '#worker.ts';

export interface RelayOptions {
  store: OutboxStore;
  publisher: Publisher;
  service: string;
  logger: Logger;
  metrics: Metrics;
  /** Rows that are claimed and confirmed together. */
  batchSize?: number;
  /** How long a row can wait when its notification was lost. */
  pollMs?: number;
  /** How long the broker may take to confirm a batch. */
  deadlineMs?: number;
}

/**
 * Publishes what the outbox holds: woken by inserts, by polling when a wake-up was lost, batch after batch while there
 * is more. A row is marked only when the broker has confirmed it, so each is published at least once. While the broker
 * or the database is away it tries again with a growing pause of at most ten seconds.
 */
export function createRelay(options: RelayOptions): Worker {
  const { store, logger, pollMs = 1000 } = options;
  const publishOnce = createBatchPublisher(options);
  const backOff = createBackOff({ minMs: 200, maxMs: 10_000 });
  const bell = createBell();
  let stopping = false;
  let failing = false;
  let running: Promise<void> | undefined;
  let stopListening: (() => Promise<void>) | undefined;

  /** One turn; gives how long to wait for the next. */
  async function turn(): Promise<number> {
    try {
      stopListening ??= await store.onInsert(bell.ring);
      const more = await publishOnce();
      if (failing) logger.info({ worker: 'relay' }, 'the outbox is published again');
      failing = false;
      backOff.reset();
      return more ? 0 : pollMs;
    } catch (error) {
      const fields = { err: error, reason: brokerReason(error), worker: 'relay' };
      if (!failing) logger.warn(fields, 'the outbox cannot be published, trying again');
      failing = true;
      return backOff.next();
    }
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      const waitMs = await turn();
      if (waitMs > 0 && !stopping) await (failing ? pause(waitMs) : bell.wait(waitMs));
    }
  }

  // While something is away, inserts must not shorten the pause.
  async function pause(waitMs: number): Promise<void> {
    const until = performance.now() + waitMs;
    while (!stopping && performance.now() < until) await bell.wait(until - performance.now());
  }

  return {
    async start() {
      running ??= loop();
    },
    async stop() {
      stopping = true;
      bell.ring();
      await running;
      await stopListening?.();
    },
  };
}

/** Gives the function that publishes one batch and tells whether there is likely more. */
function createBatchPublisher(options: RelayOptions): () => Promise<boolean> {
  const { store, publisher, service, batchSize = 500, deadlineMs = 5000 } = options;
  const observe = createRelayMetrics({ metrics: options.metrics, store, publisher, service });
  return async () => {
    await publisher.connect(); // before rows are claimed: nothing is locked while the broker is away
    let full = false;
    await store.publishBatch(batchSize, async (rows: readonly OutboxRow[]) => {
      if (rows.length === 0) return [];
      const { confirmed } = await publisher.publish(
        rows.map((row) => outgoingRow(row, service)),
        { deadlineMs },
      );
      observe(rows, confirmed);
      full = rows.length >= batchSize && confirmed.length > 0;
      return confirmed;
    });
    return full;
  };
}
