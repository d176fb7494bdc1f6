import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesFolder, removeContainers, runContainers } from '#stack/containers/compose.ts';
import type { ManagedProcess } from '#stack/host/supervisor.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { brokerAdministrator, brokerConfig } from '#stack/stores/broker-config.ts';
import { type Broker, callManagement } from '#stack/stores/broker-management.ts';
import { type PostgresServer, withAdmin } from '#stack/stores/postgres-client.ts';
import { pingRedis, type RedisServer, redisConfig } from '#stack/stores/redis.ts';
import type { ServerFiles } from '#stack/stores/server-files.ts';

const READY_SECONDS = 300; // the first time the images are fetched
const ADMIN = 'postgres';

/** Where the entry points in `docker-compose.yml` put what a container was given. */
const inContainer = '/etc/bank';
const certificate: ServerFiles = {
  ca: `${inContainer}/ca.pem`,
  cert: `${inContainer}/server.pem`,
  key: `${inContainer}/server.key`,
};

export type StoreName = 'postgres' | 'redis' | 'rabbitmq';

const portVariables: Readonly<Record<StoreName, readonly string[]>> = {
  postgres: ['POSTGRES_PORT'],
  redis: ['REDIS_PORT'],
  rabbitmq: ['RABBITMQ_PORT', 'RABBITMQ_MANAGEMENT_PORT'],
};

/** Stores in containers while they start; each as soon as it is there. */
export interface StoreContainers {
  postgres(): Promise<PostgresServer>;
  redis(): Promise<RedisServer>;
  rabbitmq(): Promise<Broker>;
}

/** Starts the named stores in containers, with the settings, passwords and certificates that private ones have. */
export async function startStoreContainers(
  services: readonly StoreName[],
  context: ServiceContext,
): Promise<StoreContainers> {
  if (context.tuning === 'test') {
    removeContainers(context.folder); // each run of the tests begins with nothing
  }
  const ports = new Map<string, number>();
  for (const service of services) {
    writeFiles(service, context);
    for (const variable of portVariables[service]) {
      ports.set(variable, await context.portFor(variable));
    }
  }
  const variables = Object.fromEntries([...ports].map(([name, port]) => [name, String(port)]));
  const process = await runContainers({ name: 'containers', layer: 'store', services, variables }, context);
  const port = (variable: string) => ports.get(variable) ?? 0;
  return {
    postgres: () => readyPostgres(process, port('POSTGRES_PORT'), context),
    redis: () => readyRedis(process, port('REDIS_PORT'), context),
    rabbitmq: () => readyBroker(process, port('RABBITMQ_PORT'), port('RABBITMQ_MANAGEMENT_PORT'), context),
  };
}

/** Writes what the container of a store is given. */
export function writeFiles(
  service: StoreName,
  { folder, tuning, secrets, tls }: Pick<ServiceContext, 'folder' | 'tuning' | 'secrets' | 'tls'>,
): void {
  const files = filesFolder(folder, service);
  const password = secrets.password(service);
  const withTls = tuning === 'test' ? undefined : certificate;
  copyFileSync(tls.caFile, join(files, 'ca.pem'));
  copyFileSync(tls.certFile(service), join(files, 'server.pem'));
  copyFileSync(tls.keyFile(service), join(files, 'server.key'));
  if (service === 'postgres') {
    const source = (name: string) => readFileSync(join(repositoryFolder, 'infra', 'postgres', name), 'utf8');
    writePrivately(join(files, 'password'), password);
    writePrivately(join(files, 'postgresql.conf'), source(`${tuning}.conf`));
    writePrivately(join(files, 'pg_hba.conf'), containerHba(source(`${tuning}.hba.conf`)));
  } else if (service === 'redis') {
    const options = { bind: '*', port: 6379, folder: '/data', password, files: withTls };
    writePrivately(join(files, 'redis.conf'), redisConfig(options));
  } else {
    const options = { address: '0.0.0.0', amqp: 5671, management: 15_672, password, files: withTls };
    writePrivately(join(files, 'rabbitmq.conf'), brokerConfig(options));
  }
}

/**
 * The same rules for connections that come from outside of the container, which only the loopback interface of the machine
 * lets through; and the socket inside, over which the image makes the data folder.
 */
export function containerHba(rules: string): string {
  return `local all all trust\n${rules.replaceAll('127.0.0.1/32', 'all')}`;
}

async function readyPostgres(process: ManagedProcess, port: number, context: ServiceContext): Promise<PostgresServer> {
  const adminUrl = `postgres://${ADMIN}:${context.secrets.password('postgres')}@127.0.0.1:${port}/${ADMIN}`;
  const server = context.tuning === 'test' ? { adminUrl } : { adminUrl, caFile: context.tls.caFile };
  await process.untilReady(() => withAdmin(server, ADMIN, (client) => client.query('select 1')), READY_SECONDS);
  return server;
}

async function readyRedis(process: ManagedProcess, port: number, context: ServiceContext): Promise<RedisServer> {
  const address = `:${context.secrets.password('redis')}@127.0.0.1:${port}`;
  const server =
    context.tuning === 'test'
      ? { url: `redis://${address}` }
      : { url: `rediss://${address}`, caFile: context.tls.caFile };
  await process.untilReady(() => pingRedis(server), READY_SECONDS);
  return server;
}

async function readyBroker(
  process: ManagedProcess,
  amqp: number,
  management: number,
  context: ServiceContext,
): Promise<Broker> {
  const address = `${brokerAdministrator}:${context.secrets.password('rabbitmq')}@127.0.0.1`;
  const managementUrl = `http://${address}:${management}`;
  const listens = 'health/checks/port-listener/5671';
  await process.untilReady(() => callManagement({ managementUrl }, 'GET', listens), READY_SECONDS);
  return context.tuning === 'test'
    ? { url: `amqp://${address}:${amqp}`, managementUrl }
    : { url: `amqps://${address}:${amqp}`, managementUrl, caFile: context.tls.caFile };
}
