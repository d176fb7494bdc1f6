import type { EntityManager } from '@mikro-orm/postgresql';
import { runStatement } from '#transaction/repository.ts';

/** The name of the advisory lock that a job of a schema is done under. */
export function turnOf(schema: string, job: string): string {
  return `${schema}: ${job}`;
}

/** Takes a job of a schema for as long as the transaction lasts. False, without waiting, while another transaction has it. */
export async function tryTakeJob(em: EntityManager, schema: string, job: string): Promise<boolean> {
  const sql = 'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as mine';
  const { rows } = await runStatement(em, sql, [turnOf(schema, job)]);
  return (rows as readonly { mine: boolean }[])[0]?.mine === true;
}
