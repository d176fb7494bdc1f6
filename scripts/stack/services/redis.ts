import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { ownedFolder, serviceUser } from '#stack/host/service-user.ts';
import { copyOwned, writeOwned } from '#stack/services/owned-file.ts';
import { bareEnvironment, type ServiceContext } from '#stack/services/service-context.ts';

const READY_SECONDS = 20;
const PROBE_MS = 2_000;

/** A Redis server and the password to it. */
export interface RedisServer {
  readonly url: string;
  readonly caFile?: string;
  /** The same server without TLS; a test server alone has it. */
  readonly plainUrl?: string;
}

/** Starts a private Redis that listens with TLS; a development one keeps its data in an append-only file. */
export async function startRedis(program: string, context: ServiceContext): Promise<RedisServer> {
  const user = serviceUser(['redis', 'nobody']);
  const folder = ownedFolder(context.folder, 'redis', user);
  const password = context.secrets.password('redis');
  const port = await context.portFor('REDIS_PORT');
  const isTest = context.tuning === 'test';
  const plainPort = isTest ? await context.ports.claim({ preferred: port + 1 }) : 0;
  const settings = {
    bind: '127.0.0.1',
    port: plainPort,
    'tls-port': port,
    'tls-cert-file': copyOwned(context.tls.certFile('redis'), join(folder, 'server.pem'), user),
    'tls-key-file': copyOwned(context.tls.keyFile('redis'), join(folder, 'server.key'), user),
    'tls-ca-cert-file': copyOwned(context.tls.caFile, join(folder, 'ca.pem'), user),
    'tls-auth-clients': 'no',
    'tls-protocols': '"TLSv1.2 TLSv1.3"',
    requirepass: password,
    dir: folder,
    save: '""',
    appendonly: isTest ? 'no' : 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const process = await context.supervisor.start({
    name: 'redis',
    command: program,
    args: [writeOwned(join(folder, 'redis.conf'), `${lines.join('\n')}\n`, user)],
    env: bareEnvironment(),
    user,
  });
  await process.untilReady(() => ping(port, password, context.tls.caFile), READY_SECONDS);
  return {
    url: `rediss://:${password}@127.0.0.1:${port}`,
    caFile: context.tls.caFile,
    ...(isTest ? { plainUrl: `redis://:${password}@127.0.0.1:${plainPort}` } : {}),
  };
}

/** Signs in and pings over the line protocol. */
function ping(port: number, password: string, caFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca: readFileSync(caFile) });
    let answer = '';
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PROBE_MS, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('secureConnect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('+PONG')) {
        settle(true);
      }
    });
    socket.once('close', () => settle(false));
  });
}
