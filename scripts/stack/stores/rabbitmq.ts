import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ownedFolder, type ServiceUser, serviceUser } from '#stack/host/service-user.ts';
import { shortHash } from '#stack/host/short-hash.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import type { TlsFiles } from '#stack/secrets/certificates.ts';
import { brokerAdministrator, brokerConfig } from '#stack/stores/broker-config.ts';
import { type Broker, callManagement } from '#stack/stores/broker-management.ts';
import { copyOwned, writeOwned } from '#stack/stores/owned-file.ts';
import { makeRabbitHome } from '#stack/stores/rabbitmq-home.ts';
import type { ServerFiles } from '#stack/stores/server-files.ts';

const READY_SECONDS = 120;
const SCHEDULERS_MAX = 2;

interface BrokerPorts {
  /** With TLS in a development stack, without in tests. */
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

/**
 * Starts a private RabbitMQ node, and in front of it the Erlang port mapper that it would otherwise leave behind as a
 * daemon. Takes 10 to 15 s, most of it Erlang loading code: start it first.
 */
export async function startRabbit(binaries: { home: string; epmd: string }, context: ServiceContext): Promise<Broker> {
  const user = serviceUser(['nobody', 'rabbitmq']);
  const folder = ownedFolder(context.folder, 'rabbitmq', user);
  const ports = await claimPorts(context);
  const password = context.secrets.password('rabbitmq');
  writeConfiguration(folder, user, ports, password, context);

  await context.supervisor.start({
    name: 'epmd',
    layer: 'support',
    command: binaries.epmd,
    args: ['-port', String(ports.epmd), '-address', '127.0.0.1'],
    env: bareEnvironment(),
    user,
  });
  const node = await context.supervisor.start({
    name: 'rabbitmq',
    layer: 'store',
    command: makeRabbitHome(binaries.home, join(folder, 'home')),
    args: [],
    env: nodeEnvironment(folder, ports),
    cwd: folder,
    user,
    stopSignal: context.tuning === 'test' ? 'SIGKILL' : 'SIGTERM', // nobody needs what a test left in its queues
  });

  const address = `${brokerAdministrator}:${password}@127.0.0.1`;
  const managementUrl = `http://${address}:${ports.management}`;
  // The listener for clients opens last.
  const listens = `health/checks/port-listener/${ports.amqp}`;
  await node.untilReady(() => callManagement({ managementUrl }, 'GET', listens), READY_SECONDS);
  return context.tuning === 'test'
    ? { url: `amqp://${address}:${ports.amqp}`, managementUrl }
    : { url: `amqps://${address}:${ports.amqp}`, managementUrl, caFile: context.tls.caFile };
}

async function claimPorts({ ports, portFor }: ServiceContext): Promise<BrokerPorts> {
  return {
    amqp: await portFor('RABBITMQ_PORT'),
    management: await portFor('RABBITMQ_MANAGEMENT_PORT'),
    distribution: await ports.claim({ preferred: 25_674 }),
    epmd: await ports.claim({ preferred: 14_369 }),
  };
}

function writeConfiguration(
  folder: string,
  user: ServiceUser | undefined,
  ports: BrokerPorts,
  password: string,
  { tls, tuning }: ServiceContext,
): void {
  for (const name of ['mnesia', 'log', 'schema']) {
    mkdirSync(join(folder, name), { recursive: true });
    if (user !== undefined) {
      chownSync(join(folder, name), user.uid, user.gid);
    }
  }
  const own = (name: string, content: string, mode?: number) => writeOwned(join(folder, name), content, user, mode);
  const config = brokerConfig({
    address: '127.0.0.1',
    amqp: ports.amqp,
    management: ports.management,
    password,
    files: tuning === 'test' ? undefined : copyCertificate(folder, user, tls),
  });
  own('rabbitmq.conf', config);
  own('enabled_plugins', '[rabbitmq_management].\n', 0o644);
  own('advanced.config', '[].\n');
  own('env.conf', '');
  own('.erlang.cookie', randomBytes(16).toString('hex'), 0o400);
}

function copyCertificate(folder: string, user: ServiceUser | undefined, tls: TlsFiles): ServerFiles {
  return {
    ca: copyOwned(tls.caFile, join(folder, 'ca.pem'), user),
    cert: copyOwned(tls.certFile('rabbitmq'), join(folder, 'server.pem'), user),
    key: copyOwned(tls.keyFile('rabbitmq'), join(folder, 'server.key'), user),
  };
}

function nodeEnvironment(folder: string, ports: BrokerPorts): Record<string, string> {
  const schedulers = Math.min(availableParallelism(), SCHEDULERS_MAX);
  return {
    ...bareEnvironment(),
    detached: 'true', // the script then becomes the node, instead of waiting for it as a shell
    HOME: folder,
    RABBITMQ_NODENAME: `bank-${shortHash(folder)}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_SCHEMA_DIR: join(folder, 'schema'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'schema'),
    RABBITMQ_PID_FILE: join(folder, 'rabbit.pid'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'feature_flags'),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Few schedulers that sleep instead of spinning: the node shares the machine with everything else.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-kernel inet_dist_use_interface {127,0,0,1} +S ${schedulers}:${schedulers} +sbwt none +sbwtdcpu none +sbwtdio none`,
  };
}
