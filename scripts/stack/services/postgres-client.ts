import { readFileSync } from 'node:fs';
import pg from 'pg';

const CONNECT_MS = 5_000;

/** A Postgres server and the right to make roles and databases on it. */
export interface PostgresServer {
  /** Connects as a role that may create roles and databases; `sslmode` says whether TLS is asked for. */
  readonly adminUrl: string;
  readonly caFile?: string;
}

/** Runs `work` on one connection of the server's administrator and closes it. */
export async function withAdmin<T>(
  server: PostgresServer,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(clientOptions(databaseUrl(server.adminUrl, { database }), server.caFile));
  client.on('error', () => undefined); // a lost connection also rejects the statement that runs
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The address of another database, or of another role, on the same server. */
export function databaseUrl(url: string, change: { database?: string; role?: string; password?: string }): string {
  const changed = new URL(url);
  changed.pathname = change.database === undefined ? changed.pathname : `/${change.database}`;
  changed.username = change.role ?? changed.username;
  changed.password = change.password ?? changed.password;
  return changed.href;
}

// The driver would let `sslmode` in the address override the certificate authority given beside it.
function clientOptions(address: string, caFile: string | undefined): pg.ClientConfig {
  const url = new URL(address);
  const sslMode = url.searchParams.get('sslmode');
  url.searchParams.delete('sslmode');
  const options = { connectionString: url.href, connectionTimeoutMillis: CONNECT_MS };
  if (sslMode === null || sslMode === 'disable') {
    return options;
  }
  return { ...options, ssl: caFile === undefined ? true : { ca: readFileSync(caFile, 'utf8') } };
}
