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
  /** How long after its last unconfirmed row a destination of which nothing is left to claim is published with the rest again. */
  readonly quietMs?: number;
}

/**
 * Publishes what the outbox holds: woken by inserts, by polling when a wake-up was lost, batch after batch while there
 * is more. A row is marked only when the broker has confirmed it, so each is published at least once. While the broker
 * or the database is away it tries again with a growing pause of at most ten seconds.
 *
 * One batch takes what waits for all destinations. One of which a row was not confirmed has turns, a pause and a connection
 * of its own from then on, until a batch of it is confirmed or nothing of it is left for a while: it holds up the others for one deadline
 * and no longer.
 */
export function createRelay(options: RelayOptions): Worker {
  const { store, publisher, logger, pollMs = 1000, quietMs = 30_000 } = options;
  const publishRows = createRowPublisher(options);
  const apart = new Map<Destination, { readonly turns: Turns; readonly ended: Promise<void> }>();
  let running: Promise<void> | undefined;
  let isStopping = false;
  let stopListening: (() => Promise<void>) | undefined;

  const together = createTurns({
    async turn() {
      stopListening ??= await store.onInsert(ring);
      const { isFull, held } = await publishRows(
        destinations.filter((destination) => !apart.has(destination)),
        publisher,
      );
      if (!isStopping) for (const destination of held) setApart(destination);
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
    const turns = turnsOf(destination, { pollMs, quietMs, logger, publish: () => publishRows([destination], own) });
    const ended = turns.run().then(() => {
      void own.close(); // nobody waits for a broker that may not answer
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
      isStopping = true;
      together.stop();
      for (const { turns } of apart.values()) turns.stop();
      await Promise.all([running, ...[...apart.values()].map(({ ended }) => ended)]);
      await stopListening?.();
    },
  };
}

interface ApartOptions {
  readonly publish: () => Promise<Published>;
  readonly pollMs: number;
  readonly quietMs: number;
  readonly logger: Logger;
}

/** The turns of one destination, until a batch of it is confirmed or nothing of it is left for a while. */
function turnsOf(destination: Destination, { publish, pollMs, quietMs, logger }: ApartOptions): Turns {
  const fields = { worker: 'relay', destination };
  let heldAt = performance.now();
  logger.warn(fields, 'what is for one destination was not confirmed: it is published apart from the rest');
  return createTurns({
    async turn() {
      const { rows, isFull, held, failure } = await publish();
      if (held.size > 0) heldAt = performance.now();
      if (failure !== undefined) throw failure;
      // That there is nothing proves nothing, since another relay may hold what there is. But what is rare may not come for
      // days, and to be wrong costs the rest one deadline.
      const isQuiet = rows === 0 && performance.now() - heldAt < quietMs;
      if (held.size > 0 || isQuiet) return isFull ? 'at once' : 'later';
      logger.info(
        { ...fields, rows },
        'nothing holds up what is for one destination: it is published with the rest again',
      );
      return 'never';
    },
    pollMs,
    logger,
    fields,
  });
}
