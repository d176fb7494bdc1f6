import type { Database } from '@bank/database';
import type { Logger, Metrics } from '@bank/observability';
import { createLoop, type Worker } from '@bank/service-kit';

const everyMs = 10_000;
/** Half of what a token's times may be off before it is refused. */
const tolerableSeconds = 5;
/** An answer that took longer tells too little of the moment it was made. */
const roundTripMaxMs = 2_000;

export interface ClockWatchOptions {
  readonly database: Pick<Database, 'pool'>;
  readonly logger: Pick<Logger, 'error' | 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'read'>;
  /** Epoch milliseconds of this machine; tests have another machine. */
  readonly now?: () => number;
}

/**
 * Compares this machine's clock with the database's, the one clock that all processes share, and says in the log when they
 * differ by more than five seconds, and when they do no longer. Its tokens would be refused, or refused ones taken: that is
 * for a person to mend, and no reason to stop. `clock_offset_seconds` is how far this clock is ahead.
 */
export function createClockWatch({ database, logger, metrics, now = Date.now }: ClockWatchOptions): Worker {
  let offsetSeconds = 0;
  let wasOff = false;
  metrics.read('clock_offset_seconds', "How far this machine's clock is ahead of the database's", {
    value: () => offsetSeconds,
  });
  const loop = createLoop({
    name: 'clock watch',
    everyMs,
    logger,
    async work() {
      const measured = await measure(database, now);
      if (measured === undefined) return;
      offsetSeconds = measured;
      const isOff = Math.abs(offsetSeconds) > tolerableSeconds;
      if (isOff && !wasOff)
        logger.error({ offsetSeconds }, 'the clock of this process differs from the database by too much');
      if (!isOff && wasOff) logger.info({ offsetSeconds }, 'the clock of this process agrees with the database again');
      wasOff = isOff;
    },
  });
  return {
    // Nobody waits for it: an app starts while its database is away.
    async start() {
      void loop.start();
    },
    stop: loop.stop,
  };
}

/** How many seconds this clock is ahead, by the middle of a round trip; undefined when that took too long. */
async function measure({ pool }: ClockWatchOptions['database'], now: () => number): Promise<number | undefined> {
  const askedAt = performance.now();
  const before = now();
  const { rows } = await pool.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  const roundTripMs = performance.now() - askedAt;
  const [row] = rows;
  return row === undefined || roundTripMs > roundTripMaxMs ? undefined : (before + roundTripMs / 2 - row.ms) / 1000;
}
