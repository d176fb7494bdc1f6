import type { Clock } from '@bank/domain';
import type { Database } from '#connection/database.ts';
import { identifier, literal } from '#connection/identifier.ts';
import type { Growth } from '#housekeeping/growth.ts';
import { isOver, lastKept } from '#housekeeping/trim.ts';
import { runStatement } from '#transaction/repository.ts';

/** How large a table is. */
export interface TableSize {
  /** With its partitions, indexes and out-of-line values. */
  readonly bytes: number;
  /** What Postgres estimates. */
  readonly rows: number;
}

/** The size of every table of the schema. @throws service.unavailable */
export async function measureTables(database: Database): Promise<ReadonlyMap<string, TableSize>> {
  const { rows } = await runStatement(database.fork(), sizesSql, [database.schema]);
  const sizes = rows as readonly { table: string; bytes: string; rows: number }[];
  return new Map(sizes.map(({ table, bytes, rows: count }) => [table, { bytes: Number(bytes), rows: Number(count) }]));
}

/** Of each trimmed table: for how many seconds its oldest row should have been gone, 0 when none should. @throws service.unavailable */
export async function measureOverdueRows(
  database: Database,
  { schema, trimmed }: Growth,
  clock: Clock,
): Promise<ReadonlyMap<string, number>> {
  const tables = Object.entries(trimmed);
  const oldest = tables.map(([table, rule]) => {
    const name = `${identifier(schema)}.${identifier(table)}`;
    return `select ${literal(table)} as "table", (select min(r.${identifier(rule.by)})::timestamptz from ${name} r where ${isOver(rule)}) as oldest`;
  });
  const moments = new Map(tables.map(([table, rule]) => [table, lastKept(rule, clock)]));
  const { rows } = await runStatement(database.fork(), oldest.join(' union all '), [...moments.values()]);
  return new Map(
    (rows as readonly { table: string; oldest: Date | null }[]).map(({ table, oldest: at }) => [
      table,
      secondsOver(at, moments.get(table)),
    ]),
  );
}

function secondsOver(oldest: Date | null, lastKeptAt: Date | undefined): number {
  return oldest === null || lastKeptAt === undefined ? 0 : (lastKeptAt.getTime() - oldest.getTime()) / 1000;
}

/** A partition counts for its table. */
const sizesSql = `select coalesce(p.relname, c.relname) as "table",
    sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0)) as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  where n.nspname = ? and c.relkind = 'r' group by 1`;
