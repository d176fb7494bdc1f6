import pg from 'pg';
import { serviceAddress } from '#services/addresses.ts';

/** The address of one database on the test server, as its superuser. */
export function adminUrlOf(databaseName: string): string {
  const url = new URL(serviceAddress('TEST_POSTGRES_URL'));
  url.pathname = `/${databaseName}`;
  return url.href;
}

let server: pg.Pool | undefined;

/**
 * Runs `work` on a connection to the test server's own database. The connection is kept: a backend costs its server more than
 * a database that is cloned.
 */
export async function onServer<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  server ??= lazyPool(serviceAddress('TEST_POSTGRES_URL'));
  const client = await server.connect();
  try {
    return await work(client);
  } finally {
    client.release();
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
  await onServer((client) => client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`));
}

/** Drops those of the databases that are there still, side by side: a drop waits for a checkpoint, which several share. */
export async function dropDatabases(names: readonly string[]): Promise<void> {
  const { rows } = await onServer((client) =>
    client.query<{ datname: string }>('select datname from pg_database where datname = any($1)', [names]),
  );
  await Promise.all(rows.map(({ datname }) => dropDatabase(datname)));
}
