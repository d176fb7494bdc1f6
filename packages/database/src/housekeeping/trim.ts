import type { Clock } from '@bank/domain';
import type { Database } from '#connection/database.ts';
import { identifier } from '#connection/identifier.ts';
import type { Growth, TrimmedTable } from '#housekeeping/growth.ts';
import type { Chore } from '#housekeeping/housekeeping.ts';
import { runStatement } from '#transaction/repository.ts';
import { turnOf } from '#transaction/turn.ts';

const BATCH = 500;
const DAY_MS = 86_400_000;

/** A chore for each table that is trimmed by deleting its rows. */
export function trimmingChores(database: Database, { trimmed }: Growth, clock: Clock): readonly Chore[] {
  return Object.entries(trimmed)
    .filter(([, { byChore }]) => byChore !== true)
    .map(([table, rule]) => ({
      name: table,
      run: () => trim(database, { table, rule, before: lastKept(rule, clock) }),
    }));
}

/** The moment up to which rows are past keeping. */
export function lastKept({ keepDays = 0 }: TrimmedTable, clock: Clock): Date {
  return new Date(clock.now().getTime() - keepDays * DAY_MS);
}

/** Picks the rows of a trimmed table whose time is over, as a condition with one parameter. */
export function isOver({ by, where = 'true' }: TrimmedTable): string {
  return `r.${identifier(by)} < ? and (${where})`;
}

/**
 * Deletes what is past keeping, oldest first, in statements of 500 rows that wait for nobody: a row that is locked stays for the next
 * time. One replica trims a table at a time, by a lock that each statement holds while it runs; another leaves it to that one.
 */
async function trim(
  database: Database,
  { table, rule, before }: { table: string; rule: TrimmedTable; before: Date },
): Promise<number> {
  const name = `${identifier(database.schema)}.${identifier(table)}`;
  const sql = `with turn as materialized (select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as mine),
    over as materialized (
      select r.ctid from ${name} r, turn where turn.mine and ${isOver(rule)}
        order by r.${identifier(rule.by)} limit ? for update of r skip locked
    )
    delete from ${name} where ctid = any (array(select ctid from over))`;
  let removed = 0;
  for (;;) {
    const { affected } = await runStatement(database.fork(), sql, [
      turnOf(database.schema, `trim ${table}`),
      before,
      BATCH,
    ]);
    removed += affected;
    if (affected < BATCH) return removed;
  }
}
