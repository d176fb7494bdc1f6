import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { ownedFolder, type ServiceUser, serviceUser } from '#stack/host/service-user.ts';
import { bareEnvironment, type ServiceContext } from '#stack/run/service-context.ts';
import { copyOwned, writeOwned } from '#stack/stores/owned-file.ts';
import type { ServerFiles } from '#stack/stores/server-files.ts';

const READY_SECONDS = 20;
const PROBE_MS = 2_000;

/** A Redis server and the password to it. */
export interface RedisServer {
  readonly url: string;
  readonly caFile?: string;
}

/** Starts a private Redis: a development one listens with TLS and keeps its data in an append-only file. */
export async function startRedis(program: string, context: ServiceContext): Promise<RedisServer> {
  const user = serviceUser(['redis', 'nobody']);
  const folder = ownedFolder(context.folder, 'redis', user);
  const password = context.secrets.password('redis');
  const port = await context.portFor('REDIS_PORT');
  const isTest = context.tuning === 'test';
  const files = isTest ? undefined : copyCertificate(folder, user, context);
  const config = redisConfig({ bind: '127.0.0.1', port, folder, password, files });
  const process = await context.supervisor.start({
    name: 'redis',
    layer: 'store',
    command: program,
    args: [writeOwned(join(folder, 'redis.conf'), config, user)],
    env: bareEnvironment(),
    user,
  });
  const address = `:${password}@127.0.0.1:${port}`;
  const server = isTest ? { url: `redis://${address}` } : { url: `rediss://${address}`, caFile: context.tls.caFile };
  await process.untilReady(() => pingRedis(server), READY_SECONDS);
  return server;
}

export interface RedisOptions {
  readonly bind: string;
  readonly port: number;
  /** Where its data lies. */
  readonly folder: string;
  readonly password: string;
  /** With a certificate it listens with TLS alone and keeps its data; without one it does neither, for tests. */
  readonly files: ServerFiles | undefined;
}

/** The text of `redis.conf`. */
export function redisConfig({ bind, port, folder, password, files }: RedisOptions): string {
  const settings = {
    bind,
    requirepass: password,
    dir: folder,
    save: '""',
    'maxmemory-policy': 'noeviction',
    ...(files === undefined ? { port, appendonly: 'no' } : { ...tlsSettings(port, files), appendonly: 'yes' }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `${lines.join('\n')}\n`;
}

function tlsSettings(port: number, { ca, cert, key }: ServerFiles) {
  return {
    port: 0,
    'tls-port': port,
    'tls-cert-file': cert,
    'tls-key-file': key,
    'tls-ca-cert-file': ca,
    'tls-auth-clients': 'no',
    'tls-protocols': '"TLSv1.2 TLSv1.3"',
  };
}

function copyCertificate(folder: string, user: ServiceUser | undefined, { tls: files }: ServiceContext): ServerFiles {
  return {
    ca: copyOwned(files.caFile, join(folder, 'ca.pem'), user),
    cert: copyOwned(files.certFile('redis'), join(folder, 'server.pem'), user),
    key: copyOwned(files.keyFile('redis'), join(folder, 'server.key'), user),
  };
}

/** Whether the server at an address lets us in and answers: signs in and pings over the line protocol. */
export function pingRedis({ url, caFile }: Pick<RedisServer, 'url' | 'caFile'>): Promise<boolean> {
  const { protocol, hostname: host, port, username, password } = new URL(url);
  const credentials = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  const signIn = credentials.length === 0 ? '' : `AUTH ${credentials.join(' ')}\r\n`;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  return new Promise((resolve) => {
    const to = { host, port: Number(port || '6379') };
    const isTls = protocol === 'rediss:';
    const socket = isTls ? tls.connect({ ...to, ...ca }) : net.connect(to);
    let answer = '';
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PROBE_MS, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once(isTls ? 'secureConnect' : 'connect', () => socket.write(`${signIn}PING\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('+PONG')) {
        settle(true);
      }
    });
  });
}
