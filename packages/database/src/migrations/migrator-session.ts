import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, type Secret } from '@bank/domain';
import pg from 'pg';
import { readAddress } from '#connection/address.ts';
import { translateFailure } from '#connection/failures.ts';
import { type LockRetries, withLockRetries } from '#migrations/lock-retries.ts';
import type { MigrationSession } from '#migrations/steps.ts';

export interface SessionOptions {
  /** The owner role's address, without a pooler in between. */
  readonly ownerUrl: Secret;
  readonly caFile?: string | undefined;
  readonly schema: string;
  /** Told of each try that gave up waiting for a lock, and of another migrator that is waited for. */
  readonly report?: ((line: string) => void) | undefined;
}

const LOCK_TIMEOUT_MS = 1000;
const ASK_EVERY_MS = 500;
const WAIT_MAX_MS = 30 * 60_000;

/** A connection of the migrator of its own. @throws service.unavailable */
export async function withSession<T>(
  { ownerUrl, caFile, schema }: SessionOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...readAddress({ url: ownerUrl, caFile }),
    application_name: `${schema}:migrate`,
    keepAlive: true,
    lock_timeout: LOCK_TIMEOUT_MS,
  });
  client.on('error', () => undefined); // whoever uses it next is told
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw translateFailure(error);
  } finally {
    await client.end();
  }
}

/**
 * Two deployments at once must not run the same migration twice: the second waits, and finds nothing to do. It asks again and
 * again instead of waiting in the database: a statement that waits is a snapshot that a concurrent build of an index waits for.
 * Its work is given the connection that holds the lock: a statement on it fails once that is lost.
 * @throws service.unavailable when the other one is still at work after half an hour
 */
export function alone<T>(options: SessionOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withSession(options, async (client) => {
    const deadline = performance.now() + WAIT_MAX_MS;
    for (let asked = 1; !(await tryLock(client, options.schema)); asked += 1) {
      if (asked === 1) options.report?.('waits for another migrator');
      if (performance.now() > deadline) {
        throw new DomainError('service.unavailable', { reason: 'another migrator is at work' });
      }
      await pause(ASK_EVERY_MS);
    }
    return work(client);
  });
}

async function tryLock(client: pg.Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`${schema}.migrations`],
  );
  return rows[0]?.locked === true;
}

/** What a migration of several steps does its work with. */
export function sessionOf(client: pg.Client, retries: LockRetries): MigrationSession {
  return {
    async run(sql) {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
      return (Array.isArray(result) ? result.at(-1) : result)?.rowCount ?? 0;
    },
    rows: async <T>(sql: string, params: readonly unknown[]) => (await client.query(sql, [...params])).rows as T[],
    again: (work) => withLockRetries(retries, work),
  };
}
