import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder, until } from '@bank/testing';
import { makeDocsFolder } from '#stack/gateway/docs-folder.ts';
import { copyGatewayIncludes, type GatewayOptions, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { nginxProgram } from '#stack/host/binaries.ts';
import { createPorts } from '#stack/host/ports.ts';
import { serviceUser } from '#stack/host/service-user.ts';
import { type AppName, appNames, eachApp } from '#stack/settings/apps.ts';
import { writeOwned } from '#stack/stores/owned-file.ts';

/** What an app saw of a request. */
export interface SeenRequest {
  readonly app: AppName;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

export interface GatewayUnderTest {
  readonly publicUrl: string;
  readonly staffUrl: string;
  readonly publicPort: number;
  /** Where nginx keeps its own files. */
  readonly folder: string;
  /** Requests that reached an app, oldest first. */
  readonly seen: SeenRequest[];
  /** The lines of the access log, oldest first. */
  accessLog(): readonly Record<string, unknown>[];
  stopApp(app: AppName): Promise<void>;
  stop(): Promise<void>;
}

interface UnderTestOptions extends Pick<GatewayOptions, 'trustedProxies' | 'guarded' | 'origins'> {
  /** Answers in the place of auth. */
  readonly auth?: RequestListener;
  /** Answers in the place of profile. */
  readonly profile?: RequestListener;
  /** The port of a second replica of every app. */
  readonly secondPort?: number;
  /** For how long nginx waits for the rest of a body, instead of 10 s: whoever holds a thousand requests open on a busy machine takes a while. */
  readonly bodyPatience?: string;
}

/** The gateway with an echo in the place of every app: what reaches it is written down and answered with 200. */
export async function startGatewayUnderTest({
  secondPort,
  auth,
  profile,
  bodyPatience = '10s',
  ...options
}: UnderTestOptions = {}): Promise<GatewayUnderTest> {
  const seen: SeenRequest[] = [];
  const servers = await listenAsApps(seen, { auth, profile });
  const ports = createPorts({ random: true });
  const [publicPort, staffPort] = [await ports.claim({ preferred: 0 }), await ports.claim({ preferred: 0 })];
  const user = serviceUser(['nobody']);
  const folder = temporaryFolder('gateway');
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  const config = renderGatewayConfig({
    folder,
    publicListen: `127.0.0.1:${publicPort}`,
    staffListen: `127.0.0.1:${staffPort}`,
    workers: '1',
    upstreams: eachApp((app) => [portOf(servers[app]), secondPort ?? []].flat().map((port) => `127.0.0.1:${port}`)),
    docsFolder: makeDocsFolder(join(folder, 'docs'), user),
    ...options,
  });
  copyGatewayIncludes(folder);
  const patient = config.replace('client_body_timeout 10s', `client_body_timeout ${bodyPatience}`);
  const configFile = writeOwned(join(folder, 'nginx.conf'), patient, user);
  const nginx = spawn(nginxProgram(), ['-e', 'stderr', '-p', folder, '-c', configFile], {
    stdio: 'ignore',
    cwd: '/',
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  const urls = { publicUrl: `http://127.0.0.1:${publicPort}`, staffUrl: `http://127.0.0.1:${staffPort}` };
  await until(() => Promise.all(Object.values(urls).map((url) => fetch(url))));
  return {
    ...urls,
    publicPort,
    folder,
    seen,
    accessLog() {
      const lines = readFileSync(join(folder, 'access.log'), 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    stopApp: (app) => close(servers[app]),
    async stop() {
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
      await Promise.all(appNames.map((app) => close(servers[app])));
    },
  };
}

/** Sends bytes as they are, which no HTTP client would, and gives the whole answer. */
export async function sendRaw(port: number, request: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.end(request);
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
  }
  return answer;
}

function recorder(app: AppName, seen: SeenRequest[]): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => {
      seen.push({ app, method: request.method, url: request.url, headers: request.headers });
      response.writeHead(200, { 'content-type': 'application/json', 'x-powered-by': 'echo' }).end('{}');
    });
  };
}

async function listenAsApps(
  seen: SeenRequest[],
  instead: { readonly [app in AppName]?: RequestListener | undefined },
): Promise<Readonly<Record<AppName, Server>>> {
  const listenerOf = (app: AppName) => instead[app] ?? recorder(app, seen);
  const servers = eachApp((app) => createServer(listenerOf(app)).listen(0, '127.0.0.1'));
  await Promise.all(Object.values(servers).map((server) => once(server, 'listening')));
  return servers;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (server.listening) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
}
