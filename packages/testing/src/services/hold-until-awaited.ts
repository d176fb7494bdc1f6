import { randomUUID } from 'node:crypto';
import { until } from '#control/until.ts';
import type { TestDatabase } from '#services/postgres.ts';

/**
 * Runs a statement in a transaction that stays open until another waits for what it holds, at most 10 s: the worst moment for
 * whoever comes meanwhile, without a race. Resolves when the statement has run, with the end of its transaction.
 * @throws Error when it fails, or 10 s are over
 */
export async function holdUntilAwaited(
  database: Pick<TestDatabase, 'query'>,
  statement: string,
): Promise<{ readonly committed: Promise<unknown> }> {
  const mark = randomUUID();
  const committed = database.query(`do $$ begin
    -- ${mark}
    ${statement};
    for attempt in 1..1000 loop
      exit when exists (
        select 1 from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))
      );
      perform pg_sleep(0.01);
    end loop;
  end $$`);
  const isHeld = async () => {
    const sql = `select 1 from pg_stat_activity where wait_event = 'PgSleep' and position('${mark}' in query) > 0`;
    return (await database.query(sql)).length === 1;
  };
  await Promise.race([until(isHeld, { what: 'the statement to have run' }), committed]);
  return { committed };
}
