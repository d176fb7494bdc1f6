import pg from 'pg';
import { serviceAddress } from '#services/addresses.ts';

/** The address of one database on the test server, as its superuser. */
export function adminUrlOf(databaseName: string): string {
  const url = new URL(serviceAddress('TEST_POSTGRES_URL'));
  url.pathname = `/${databaseName}`;
  return url.href;
}

/** Runs `work` on one connection and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Connections that are opened when they are needed and kept, since a backend costs its server more than the statement that a
 * test asks. They keep no process alive. One that a test's server closes is replaced by the next statement.
 */
export function lazyPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4, idleTimeoutMillis: 30_000, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}

/** Drops a database together with whatever is still connected to it. */
export async function dropDatabase(name: string): Promise<void> {
  await withClient(serviceAddress('TEST_POSTGRES_URL'), async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  });
}
