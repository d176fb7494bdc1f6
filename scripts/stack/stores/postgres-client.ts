import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';

// As long as a process takes to hear the answer that has just started, on a busy machine.
const CONNECT_MS = 20_000;

/** A Postgres server and the right to make roles and databases on it. */
export interface PostgresServer {
  /** Connects as a superuser; without parameters. */
  readonly adminUrl: string;
  /** The authority that signed the server's certificate; with it connections use TLS. */
  readonly caFile?: string;
}

/** Runs `work` on one connection of the server's administrator and closes it. */
export async function withAdmin<T>(
  server: PostgresServer,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl(server.adminUrl, { database }),
    connectionTimeoutMillis: CONNECT_MS,
    ssl: server.caFile === undefined ? false : verifiedTls(new URL(server.adminUrl).hostname, server.caFile),
  });
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

/** The database that an address names; `postgres` where it names none. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

// The driver does not tell Node the name of a host that is an address, and Node would compare with "localhost".
function verifiedTls(host: string, caFile: string) {
  return {
    ca: readFileSync(caFile, 'utf8'),
    checkServerIdentity: (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(host, certificate),
  };
}
