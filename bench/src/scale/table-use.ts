import { setTimeout as delay } from 'node:timers/promises';
import { asAdministrator, databaseNameOf, type StackDatabase } from '#scale/administrator.ts';

/** What happened to some tables in a while. */
export interface TableUse {
  /** Pages of the tables and their indexes that statements looked at, in memory or not. */
  readonly buffers: number;
  /** How often one of them was read from end to end. */
  readonly wholeReads: number;
}

/** Sees what the statements of the apps, whichever they are, do to tables, by the counters of Postgres. */
export interface TableMeter {
  /** What was done to these tables while `work` went on. Nothing else may use them meanwhile. */
  during(tables: readonly string[], work: () => Promise<unknown>): Promise<TableUse>;
}

/** A session of Postgres that rests tells after 10 s what it has counted. */
const countedWithinMs = 11_000;

type Counters = ReadonlyMap<string, TableUse>;

/** Waits until what was counted before is told, here and after each work. */
export async function openTableMeter(stack: StackDatabase, settleMs = countedWithinMs): Promise<TableMeter> {
  const settled = async () => {
    await delay(settleMs);
    return countersOf(stack);
  };
  let last = await settled();
  return {
    async during(tables, work) {
      const before = last;
      await work();
      last = await settled();
      return difference(before, last, tables);
    },
  };
}

function difference(before: Counters, after: Counters, tables: readonly string[]): TableUse {
  const sum = (counters: Counters, what: keyof TableUse) =>
    tables.reduce((total, table) => total + (counters.get(table)?.[what] ?? Number.NaN), 0);
  return {
    buffers: sum(after, 'buffers') - sum(before, 'buffers'),
    wholeReads: sum(after, 'wholeReads') - sum(before, 'wholeReads'),
  };
}

/** What was ever done to each table of the stack's database; to a partition is to its table. */
function countersOf(stack: StackDatabase): Promise<Counters> {
  const sql = `select io.schemaname || '.' || coalesce(parent.relname, io.relname) as name,
      sum(s.seq_scan)::float8 as "wholeReads",
      sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)
        + coalesce(toast_blks_read + toast_blks_hit, 0) + coalesce(tidx_blks_read + tidx_blks_hit, 0))::float8 as buffers
    from pg_statio_user_tables io join pg_stat_user_tables s using (relid)
      left join pg_inherits i on i.inhrelid = io.relid left join pg_class parent on parent.oid = i.inhparent
    group by 1`;
  const read = async () =>
    asAdministrator(
      stack,
      async (client) => (await client.query<TableUse & { name: string }>(sql)).rows,
      databaseNameOf(stack),
    );
  return read().then((rows) => new Map(rows.map(({ name, ...use }) => [name, use])));
}
