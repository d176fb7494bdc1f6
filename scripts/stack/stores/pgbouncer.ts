import { join } from 'node:path';
import { rolesOf } from '@bank/database';
import { findBinaries } from '#stack/host/binaries.ts';
import { ownedFolder, type ServiceUser, serviceUser } from '#stack/host/service-user.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import { appNames } from '#stack/settings/apps.ts';
import { copyOwned, writeOwned } from '#stack/stores/owned-file.ts';
import { type PostgresServer, withAdmin } from '#stack/stores/postgres-client.ts';

const READY_SECONDS = 15;
const ADMIN_DATABASE = 'pgbouncer';

/** PgBouncer in front of a Postgres, in transaction mode, for the roles of the apps. */
export interface Pooler {
  /** `postgres://` with its host and port alone. */
  readonly url: string;
}

/** The same role and database, by way of the pooler. */
export function throughPooler(url: string, pooler: Pooler): string {
  const changed = new URL(url);
  const { hostname, port } = new URL(pooler.url);
  changed.hostname = hostname;
  changed.port = port;
  return changed.href;
}

/**
 * Starts PgBouncer in front of a server on which the apps' roles exist. A development one speaks TLS alone on both sides and
 * knows the SCRAM secrets of those roles and no password; one of tests lets everybody in, as its server does.
 * @throws StackError when the program is missing, or another authority than ours signed for the server
 */
export async function startPooler(server: PostgresServer, context: ServiceContext): Promise<Pooler> {
  const program = findBinaries().pgbouncer?.server;
  if (program === undefined) {
    throw new StackError('pgbouncer is missing; install it (Debian, Ubuntu: apt-get install pgbouncer)');
  }
  if (context.tuning !== 'test' && server.caFile !== context.tls.caFile) {
    throw new StackError('STACK_POOLER: the apps trust one authority, so Postgres must be one that the launcher runs');
  }
  const user = serviceUser(['postgres', 'nobody']);
  const folder = ownedFolder(context.folder, 'pgbouncer', user);
  const own = (name: string, text: string) => writeOwned(join(folder, name), text, user);
  const port = await context.portFor('PGBOUNCER_PORT');
  const isTest = context.tuning === 'test';
  const files = copyFiles(folder, user, server, context);
  const config = poolerConfig(server, {
    listen_port: port,
    auth_file: own('users.txt', isTest ? administratorAlone(server) : await appRoles(server)),
    ...(isTest ? trustingSettings(server) : securedSettings(files)),
    ...(server.caFile === undefined ? {} : serverTlsSettings(files)),
  });
  const process = await context.supervisor.start({
    name: 'pgbouncer',
    layer: 'store',
    command: program,
    args: [own('pgbouncer.ini', config)],
    env: bareEnvironment(),
    user,
    stopSignal: 'SIGTERM', // "immediate": whoever is connected has been stopped before
  });
  const pooler = { url: `postgres://127.0.0.1:${port}` };
  await process.untilReady(() => requireAnswer(throughPooler(server.adminUrl, pooler), server), READY_SECONDS);
  return pooler;
}

type PoolerSettings = Readonly<Record<string, string | number>>;

function poolerConfig({ adminUrl }: PostgresServer, settings: PoolerSettings): string {
  const { hostname, port } = new URL(adminUrl);
  const all: PoolerSettings = {
    listen_addr: '127.0.0.1',
    unix_socket_dir: '',
    pool_mode: 'transaction',
    // Per role and database: the apps together hold no more sessions of the server than this, however often each runs.
    default_pool_size: 20,
    max_client_conn: 1000,
    // A statement that finds no session free fails as one that finds no connection does, and before its client gives up.
    query_wait_timeout: 5,
    log_connections: 0,
    log_disconnections: 0,
    log_stats: 0,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', `* = host=${hostname} port=${port || 5432}`, '[pgbouncer]', ...lines, ''].join('\n');
}

/** Whoever is asked for is looked up on the server, and its name believed. Sessions of databases that are gone end soon. */
function trustingSettings({ adminUrl }: PostgresServer): PoolerSettings {
  return { auth_type: 'trust', auth_user: nameIn(adminUrl), server_idle_timeout: 5 };
}

interface PoolerFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function securedSettings({ ca, cert, key }: PoolerFiles): PoolerSettings {
  return {
    auth_type: 'scram-sha-256',
    client_tls_sslmode: 'require',
    client_tls_ca_file: ca,
    client_tls_cert_file: cert,
    client_tls_key_file: key,
    client_tls_protocols: 'tlsv1.3',
  };
}

function serverTlsSettings({ ca }: PoolerFiles): PoolerSettings {
  return { server_tls_sslmode: 'verify-full', server_tls_ca_file: ca, server_tls_protocols: 'tlsv1.3' };
}

function copyFiles(
  folder: string,
  user: ServiceUser | undefined,
  { caFile }: PostgresServer,
  { tls }: ServiceContext,
): PoolerFiles {
  return {
    ca: copyOwned(caFile ?? tls.caFile, join(folder, 'ca.pem'), user),
    cert: copyOwned(tls.certFile('pgbouncer'), join(folder, 'server.pem'), user),
    key: copyOwned(tls.keyFile('pgbouncer'), join(folder, 'server.key'), user),
  };
}

function administratorAlone({ adminUrl }: PostgresServer): string {
  return userLine(nameIn(adminUrl), decodeURIComponent(new URL(adminUrl).password));
}

/** With the very secret that the server has, the pooler signs in there by what a client has just proved to it. */
async function appRoles(server: PostgresServer): Promise<string> {
  const names = appNames.map((app) => rolesOf(app).app);
  const { rows } = await withAdmin(server, 'postgres', (client) =>
    client.query<{ rolname: string; rolpassword: string }>(
      'select rolname, rolpassword from pg_authid where rolname = any($1) order by rolname',
      [names],
    ),
  );
  return rows.map(({ rolname, rolpassword }) => userLine(rolname, rolpassword)).join('');
}

function userLine(name: string, secret: string): string {
  return `"${name}" "${secret}"\n`;
}

function nameIn(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

/** Its own console takes no administrator of the server: that it says so over the wire is an answer. */
async function requireAnswer(url: string, { caFile }: PostgresServer): Promise<void> {
  const tls = caFile === undefined ? {} : { caFile };
  await withAdmin({ adminUrl: url, ...tls }, ADMIN_DATABASE, async () => undefined).catch(
    (error: { code?: string }) => {
      if (typeof error.code !== 'string' || !/^[0-9A-Z]{5}$/.test(error.code)) throw error;
    },
  );
}
