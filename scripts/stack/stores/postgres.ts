import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownedFolder, type ServiceUser, serviceUser } from '#stack/host/service-user.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { readVersion } from '#stack/host/version.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { copyOwned, writeOwned } from '#stack/stores/owned-file.ts';
import { type PostgresServer, withAdmin } from '#stack/stores/postgres-client.ts';

const ADMIN = 'postgres';
const READY_SECONDS = 30;

/** Starts a private Postgres with its data under the stack's folder, making the data folder first where there is none. */
export async function startPostgres(binFolder: string, context: ServiceContext): Promise<PostgresServer> {
  const user = serviceUser(['postgres', 'nobody']);
  const folder = ownedFolder(context.folder, 'postgres', user);
  const data = join(folder, 'data');
  const password = context.secrets.password('postgres');
  createCluster(binFolder, data, password, user);
  requireSameVersion(binFolder, data);

  const port = await context.portFor('POSTGRES_PORT');
  const sources = join(repositoryFolder, 'infra', 'postgres');
  const ownCopy = (source: string, name: string) => copyOwned(source, join(folder, name), user);
  const settings = {
    config_file: ownCopy(join(sources, `${context.tuning}.conf`), 'postgresql.conf'),
    hba_file: ownCopy(join(sources, `${context.tuning}.hba.conf`), 'pg_hba.conf'),
    ssl_cert_file: ownCopy(context.tls.certFile('postgres'), 'server.pem'),
    ssl_key_file: ownCopy(context.tls.keyFile('postgres'), 'server.key'),
    port,
  };
  const process = await context.supervisor.start({
    name: 'postgres',
    layer: 'store',
    command: join(binFolder, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: bareEnvironment(),
    user,
    stopSignal: 'SIGINT', // "fast": ends sessions instead of waiting for them
  });

  const adminUrl = `postgres://${ADMIN}:${password}@127.0.0.1:${port}/${ADMIN}`;
  const server = context.tuning === 'test' ? { adminUrl } : { adminUrl, caFile: context.tls.caFile };
  await process.untilReady(() => withAdmin(server, ADMIN, (client) => client.query('select 1')), READY_SECONDS);
  return server;
}

function createCluster(binFolder: string, data: string, password: string, user: ServiceUser | undefined): void {
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(join(data, 'global', 'pg_control'))) {
    return;
  }
  rmSync(data, { recursive: true, force: true }); // what an interrupted attempt left
  const passwordFile = writeOwned(`${data}.password`, password, user);
  const options = ['--no-sync', '--no-locale', '--encoding=UTF8', '--auth=scram-sha-256'];
  const { status, stderr, error } = spawnSync(
    join(binFolder, 'initdb'),
    ['-D', data, '-U', ADMIN, `--pwfile=${passwordFile}`, ...options],
    { env: bareEnvironment(), cwd: '/', encoding: 'utf8', ...(user && { uid: user.uid, gid: user.gid }) },
  );
  rmSync(passwordFile);
  if (status !== 0) {
    throw new StackError(`postgres: initdb failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
  }
}

function requireSameVersion(binFolder: string, data: string): void {
  const made = readVersion(readFileSync(join(data, 'PG_VERSION'), 'utf8'))?.[0];
  const { stdout } = spawnSync(join(binFolder, 'postgres'), ['--version'], { encoding: 'utf8' });
  const found = readVersion(stdout)?.[0];
  if (made !== found) {
    throw new StackError(`postgres: the data is of version ${made}, the server of ${found}; run "pnpm stack reset"`);
  }
}
