import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { runStatement } from '#transaction/repository.ts';

/**
 * Keeps a user from being erased from a schema until the transaction ends; false when that has been done: the erasable key is
 * destroyed, and its row stays. Whoever writes about a user because of something that happened asks first, since what tells of
 * it may come long after the erasure. Lock and question are two statements: the second has to see what was committed while the
 * first one waited.
 */
export async function holdUser(em: EntityManager, schema: string, userId: string): Promise<boolean> {
  const sql = `select 1 from ${identifier(schema)}.data_keys
    where user_id = ? and key_class = 'erasable' and destroyed_at is not null`;
  // One after the other, in one round trip.
  const [, { rows }] = await Promise.all([
    runStatement(em, 'select pg_advisory_xact_lock_shared(hashtextextended(?, 0))', [lockName(schema, userId)]),
    runStatement(em, sql, [userId]),
  ]);
  return rows.length === 0;
}

/** Keeps everybody from writing about a user by `holdUser` until the user is erased. Taken before any row is locked. */
export async function lockForErasure(em: EntityManager, schema: string, userId: string): Promise<void> {
  await runStatement(em, 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [lockName(schema, userId)]);
}

function lockName(schema: string, userId: string): string {
  return `${schema}.erasure ${userId}`;
}
