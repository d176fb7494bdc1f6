import type { Metrics } from '@bank/observability';
import type { Publisher } from '#publish/publisher.ts';
import type { OutboxRow, OutboxStore } from '#relay/outbox-store.ts';
import { type Parcel, packRows } from '#relay/pack-rows.ts';
import { createRelayMetrics } from '#relay/relay-metrics.ts';
import type { Destination } from '#topology/topology.ts';

export interface PublishRowsOptions {
  readonly store: OutboxStore;
  /** Answers the metrics about queues. */
  readonly publisher: Publisher;
  readonly service: string;
  readonly metrics: Metrics;
  /** Rows of one destination that are claimed and confirmed together. */
  readonly batchSize?: number;
  /** How long the broker may take to confirm a batch. */
  readonly deadlineMs?: number;
}

/** What came of one batch. */
export interface Published {
  readonly rows: number;
  /** There is likely more. */
  readonly isFull: boolean;
  /** The destinations of rows that the broker did not confirm. */
  readonly held: ReadonlySet<Destination>;
  /** Why nothing can be said of any row. */
  readonly failure?: unknown;
}

const nothing: Published = { rows: 0, isFull: false, held: new Set() };

/** Gives the function that publishes one batch of what waits for some destinations. @throws BrokerUnavailable, service.unavailable */
export function createRowPublisher(options: PublishRowsOptions) {
  const { store, service, metrics, batchSize = 500, deadlineMs = 5000 } = options;
  const observe = createRelayMetrics({ metrics, store, publisher: options.publisher, service });
  return async (destinations: readonly Destination[], publisher: Publisher): Promise<Published> => {
    if (destinations.length === 0) return nothing;
    await publisher.connect(); // before rows are claimed: nothing is locked while the broker is away
    let published = nothing;
    await store.publishBatch({ limit: batchSize, destinations }, async (rows) => {
      if (rows.length === 0) return [];
      try {
        const confirmed = await confirmedOf(packRows(rows, service), publisher, deadlineMs);
        observe(rows, confirmed);
        const isFull = rows.length >= batchSize && confirmed.length > 0;
        published = { rows: rows.length, isFull, held: destinationsWithout(rows, confirmed) };
        return confirmed;
      } catch (failure) {
        published = { rows: rows.length, isFull: false, held: destinationsWithout(rows, []), failure };
        return [];
      }
    });
    return published;
  };
}

/** Publishes, and gives the ids of the rows whose message the broker keeps. @throws BrokerUnavailable */
async function confirmedOf(parcels: readonly Parcel[], publisher: Publisher, deadlineMs: number): Promise<string[]> {
  const messages = parcels.map(({ message }) => message);
  const done = new Set((await publisher.publish(messages, { deadlineMs })).confirmed);
  return parcels.flatMap(({ message, ids }) => (done.has(message.id) ? ids : []));
}

function destinationsWithout(rows: readonly OutboxRow[], confirmed: readonly string[]): ReadonlySet<Destination> {
  const done = new Set(confirmed);
  return new Set(rows.filter(({ id }) => !done.has(id)).map(({ destination }) => destination));
}
