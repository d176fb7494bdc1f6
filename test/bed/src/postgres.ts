import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';

/** The variables by which an app, and a limit beside it, finds the database. */
export type DatabaseEnvironment = Readonly<Record<string, string | undefined>>;

/** How node-postgres connects as the role of an app, with TLS where the app uses it. */
export function connectionOf(env: DatabaseEnvironment): pg.ClientConfig {
  const { DATABASE_URL: connectionString, DATABASE_CA_FILE: caFile } = env;
  if (connectionString === undefined) throw new Error('DATABASE_URL is not set');
  const { hostname } = new URL(connectionString);
  return {
    connectionString,
    ssl: caFile !== undefined && {
      ca: readFileSync(caFile, 'utf8'),
      // The driver does not tell Node a host that is an address, and Node would compare with "localhost".
      checkServerIdentity: (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
        checkServerIdentity(hostname, certificate),
    },
  };
}

/** The rows of one statement, on a connection of its own. */
export async function queryOnce<T extends pg.QueryResultRow>(
  env: DatabaseEnvironment,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client(connectionOf(env));
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
