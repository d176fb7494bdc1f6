import {
  type Chore,
  createHousekeeping,
  type Growth,
  maintainPartitions,
  measureOverdueRows,
  measureTables,
  trimmingChores,
} from '@bank/database';
import type { Worker } from '@bank/service-kit';
import type { Foundations } from '#foundations.ts';

export interface HousekeepingParts {
  readonly growth: Growth;
  /** What is done beside the trimming of tables and the keeping of partitions. */
  readonly chores: readonly Chore[];
  /** When, as a cron pattern in UTC. */
  readonly schedule: string;
}

/** The readings of one scrape. */
const scrapeMs = 1000;

type Context = Pick<Foundations, 'clock' | 'database' | 'logger' | 'metrics'>;

/**
 * Keeps the tables of an app in bounds, and shows how large each is, how long its oldest row is past keeping, and when each chore was
 * last done. @throws Error when a table is to be trimmed by a chore that there is not
 */
export function housekeepingOf(ctx: Context, { growth, chores, schedule }: HousekeepingParts): Worker {
  refuseMissingChores(growth, chores);
  showGrowth(ctx, growth);
  const { clock, database, logger, metrics } = ctx;
  const runs = metrics.counter('housekeeping_runs_total', 'Chores that were done or failed', ['chore', 'outcome']);
  const removed = metrics.counter('housekeeping_removed_rows_total', 'Rows past keeping that were removed', ['chore']);
  const lastDone = metrics.gauge(
    'housekeeping_last_done_seconds',
    'When this process last did a chore, in Unix time; 0 until it has',
    ['chore'],
  );
  const all = [
    { name: 'partitions', run: () => maintainPartitions(database) },
    ...trimmingChores(database, growth, clock),
    ...chores,
  ];
  // What has no series is never late, and what counted from a start would not be while any process starts again: a chore that fails
  // for good would be seen by nobody.
  for (const { name: chore } of all) lastDone.set({ chore }, 0);
  return createHousekeeping({
    schedule,
    chores: all,
    onDone(chore, result) {
      runs.inc({ chore, outcome: 'done' });
      lastDone.set({ chore }, Date.now() / 1000);
      if (typeof result === 'number') removed.inc({ chore }, result);
    },
    onError(chore, err) {
      runs.inc({ chore, outcome: 'failed' });
      logger.warn({ job: chore, err }, 'a chore failed; the next round tries it again');
    },
  });
}

function refuseMissingChores({ schema, trimmed }: Growth, chores: readonly Chore[]): void {
  for (const [table, { byChore }] of Object.entries(trimmed)) {
    if (byChore && !chores.some(({ name }) => name === table)) throw new Error(`no chore trims ${schema}.${table}`);
  }
}

/** Asked of Postgres with each scrape, by two statements, whatever the number of tables. */
function showGrowth({ clock, database, metrics }: Context, growth: Growth): void {
  const sizes = sharedFor(scrapeMs, () => measureTables(database));
  const overdue = sharedFor(scrapeMs, () => measureOverdueRows(database, growth, clock));
  const read = (name: string, help: string, table: string, value: () => Promise<number | undefined>) =>
    metrics.read(name, help, { labels: { table }, value: async () => (await value()) ?? 0 });
  const { bounded, partitioned, trimmed } = growth;
  for (const table of [...Object.keys(bounded), ...Object.keys(partitioned), ...Object.keys(trimmed)]) {
    read(
      'table_rows',
      'Rows of a table, as Postgres estimates them',
      table,
      async () => (await sizes()).get(table)?.rows,
    );
    read(
      'table_bytes',
      'Bytes of a table, with its partitions and indexes',
      table,
      async () => (await sizes()).get(table)?.bytes,
    );
  }
  for (const table of Object.keys(trimmed)) {
    const help = 'For how long the oldest row of a trimmed table should have been gone';
    read('table_overdue_seconds', help, table, async () => (await overdue()).get(table));
  }
}

/** What is asked for again within the time is answered with what is being read, or was. */
function sharedFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (last === undefined || performance.now() > last.until) last = { value: read(), until: performance.now() + ms };
    return last.value;
  };
}
