import type { Logger } from '@bank/observability';
import type { Publisher } from '#publish/publisher.ts';
import { createRowPublisher, type Published, type PublishRowsOptions } from '#relay/publish-rows.ts';
import { createTurns, type Turns } from '#relay/turns.ts';
import { type Destination, destinations } from '#topology/topology.ts';
import type { Worker } from '#worker.ts';

export interface RelayOptions extends PublishRowsOptions {
  readonly publisher: Publisher;
  readonly logger: Logger;
  /** How long a row can wait when its notification was lost. */
  readonly pollMs?: number;
}

/**
 * Publishes what the outbox holds: woken by inserts, by polling when a wake-up was lost, batch after batch while there
 * is more. A row is marked only when the broker has confirmed it, so each is published at least once. While the broker
 * or the database is away it tries again with a growing pause of at most ten seconds.
 *
 * One batch takes what waits for all destinations. One of which a row was not confirmed has turns, a pause and a connection
 * of its own from then on, until a batch of it is confirmed: it holds up the others for one deadline and no longer.
 */
export function createRelay(options: RelayOptions): Worker {
  const { store, publisher, logger, pollMs = 1000 } = options;
  const publishRows = createRowPublisher(options);
  const apart = new Map<Destination, { readonly turns: Turns; readonly ended: Promise<void> }>();
  let running: Promise<void> | undefined;
  let stopListening: (() => Promise<void>) | undefined;

  const together = createTurns({
    async turn() {
      stopListening ??= await store.onInsert(ring);
      const { isFull, held } = await publishRows(
        destinations.filter((destination) => !apart.has(destination)),
        publisher,
      );
      for (const destination of held) setApart(destination);
      return isFull ? 'at once' : 'later';
    },
    pollMs,
    logger,
    fields: { worker: 'relay' },
  });

  function ring(): void {
    together.ring();
    for (const { turns } of apart.values()) turns.ring();
  }

  function setApart(destination: Destination): void {
    const own = publisher.apart();
    const turns = turnsOf(destination, { pollMs, logger, publish: () => publishRows([destination], own) });
    const ended = turns.run().then(async () => {
      await own.close();
      apart.delete(destination);
      together.ring();
    });
    apart.set(destination, { turns, ended });
  }

  return {
    async start() {
      running ??= together.run();
    },
    async stop() {
      together.stop();
      await running;
      for (const { turns } of apart.values()) turns.stop();
      await Promise.all([...apart.values()].map(({ ended }) => ended));
      await stopListening?.();
    },
  };
}

interface ApartOptions {
  readonly publish: () => Promise<Published>;
  readonly pollMs: number;
  readonly logger: Logger;
}

/** The turns of one destination, until a batch of it is confirmed. */
function turnsOf(destination: Destination, { publish, pollMs, logger }: ApartOptions): Turns {
  const fields = { worker: 'relay', destination };
  logger.warn(fields, 'what is for one destination was not confirmed: it is published apart from the rest');
  return createTurns({
    async turn() {
      const { rows, isFull, held, failure } = await publish();
      if (failure !== undefined) throw failure;
      // That there is nothing proves nothing: another relay may hold what there is.
      if (rows === 0 || held.size > 0) return isFull ? 'at once' : 'later';
      logger.info(fields, 'what is for one destination was confirmed: it is published with the rest again');
      return 'never';
    },
    pollMs,
    logger,
    fields,
  });
}
