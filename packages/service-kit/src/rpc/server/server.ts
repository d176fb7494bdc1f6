import { createSecureServer, type Http2SecureServer, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { DomainError } from '@bank/domain';
import { Health } from '@bank/proto/health';
import type { ProofChecker } from '@bank/verifier';
import type { DescService } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { TokenVerifier } from '#http/guards/authentication.ts';
import { methodName, type RpcAccess, type RpcCall, type RpcService } from '#rpc/define-rpc.ts';
import { toConnectError } from '#rpc/error-map.ts';
import { reloadOnChange } from '#rpc/reload-files.ts';
import { openCallerTable } from '#rpc/server/callers.ts';
import { createGate } from '#rpc/server/gate.ts';
import { createNodeHandler, createRouter } from '#rpc/server/handler.ts';
import { createHealth } from '#rpc/server/health.ts';
import { createCallInterceptor } from '#rpc/server/interceptor.ts';
import { type CallReporter, callKey } from '#rpc/server/server-call.ts';
import { expiryOf, filesOf, readTls, type TlsFiles, type TlsMaterial } from '#rpc/tls-files.ts';
import { drain } from '#runtime/drain.ts';
import { listen } from '#runtime/ports.ts';

export interface RpcServerOptions<C> extends CallReporter {
  readonly context: C;
  readonly services: readonly RpcService<C>[];
  readonly tls: TlsFiles;
  readonly callersFile: string;
  readonly verifier: TokenVerifier | undefined;
  readonly proofs: ProofChecker | undefined;
  /** For calls that name no deadline. */
  readonly defaultDeadlineMs: number;
  /** How long nothing may move on a stream before its caller is cut off. */
  readonly streamStallMs: number;
  isReady(): Promise<boolean>;
  /** From then on every answer says that the connection ends with it, so that callers look for another process in time. */
  isDraining(): boolean;
  /** How often the mounted files are looked at. */
  readonly pollMs?: number;
}

export interface RpcServer {
  listen(host: string, port: number): Promise<number>;
  /** Ends streams, lets calls in flight finish for so long, then cuts what is left. */
  stop(inFlightMs: number): Promise<void>;
}

const handshakeTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
const keepAliveMs = 75_000;
const checkEveryMs = 1000;
const streamsMax = 200;

/**
 * The private port: Connect, gRPC and gRPC-web over mutual TLS 1.3, HTTP/1.1 and HTTP/2. Who may call what comes from the
 * caller table; certificate, key, authority and table are taken up again when their files change.
 */
export function createRpcServer<C>(options: RpcServerOptions<C>): RpcServer {
  const draining = new AbortController();
  const callers = openCallerTable(options.callersFile, options);
  const access = accessTable(options.services);
  const router = createRouter({
    interceptors: [createCallInterceptor(draining.signal)],
    requestGate: createGate({
      callers,
      verifier: options.verifier,
      proofs: options.proofs,
      accessOf: (rpc) => access.get(rpc),
    }),
  });
  for (const { service, methods } of options.services) {
    router.service(service, implementationOf(service, methods, options.context));
  }
  const names = options.services.map(({ service }) => service.typeName);
  router.service(Health, createHealth({ services: names, isReady: options.isReady }));
  const handler = createNodeHandler(router, options);
  const material = readTls(options.tls);
  const server = createTlsServer(material, handler);
  const connections = trackConnections(server);
  const unwatch = followTls(server, material, options);
  return {
    listen: (host, port) => listen(server, host, port, 'RPC_PORT'),
    async stop(inFlightMs) {
      draining.abort(toConnectError(new DomainError('service.unavailable', { reason: 'the service is stopping' })));
      await closeGracefully(server, connections, inFlightMs);
      unwatch();
      callers.close();
    },
  };
}

function accessTable<C>(services: readonly RpcService<C>[]): ReadonlyMap<string, RpcAccess> {
  return new Map(
    services.flatMap(({ service, methods }) =>
      service.methods.flatMap((method): [string, RpcAccess][] => {
        const declared = methods[method.localName];
        return declared === undefined ? [] : [[methodName(method), declared.access]];
      }),
    ),
  );
}

function implementationOf<C>(
  service: DescService,
  methods: RpcService<C>['methods'],
  ctx: C,
): Partial<ServiceImpl<DescService>> {
  const handlers = Object.entries(methods).map(([localName, method]) => [
    localName,
    (request: never, context: HandlerContext) => method.handle(ctx, request, callOf(context)),
  ]);
  return Object.fromEntries(handlers) as Partial<ServiceImpl<typeof service>>;
}

function callOf(context: HandlerContext): RpcCall {
  const call = context.values.get(callKey);
  const timeoutMs = context.timeoutMs();
  if (call?.scope === undefined) {
    throw new DomainError('service.internal', { reason: 'a call that passed no gate' });
  }
  return {
    caller: call.caller,
    get fields() {
      return call.fields;
    },
    actor: call.actor,
    signal: context.signal,
    deadline: timeoutMs === undefined ? undefined : new Date(Date.now() + timeoutMs),
    requestId: call.scope.requestId,
  };
}

function createTlsServer(material: TlsMaterial, handler: ReturnType<typeof createNodeHandler>): Http2SecureServer {
  const server = createSecureServer(
    {
      ...material,
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
      settings: { maxConcurrentStreams: streamsMax },
    },
    (request, response) => handler(request, response),
  );
  // With `allowHTTP1` the server also has the limits of an HTTP server, which its types do not know.
  Object.assign(server, {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkEveryMs,
  });
  // Connections that fail the handshake end there; the client has been told by TLS.
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  return server;
}

type TlsOptions = Pick<RpcServerOptions<never>, 'tls' | 'logger' | 'metrics' | 'pollMs'>;

/** Takes the files up when they change, and tells the metrics for how long the certificate in use is valid. */
function followTls(server: Http2SecureServer, first: TlsMaterial, options: TlsOptions): () => void {
  const { logger, metrics, pollMs, tls } = options;
  let expiresAt = expiryOf(first);
  metrics.read('tls_certificate_expires_seconds', 'In how many seconds the certificate in use expires', {
    value: () => (expiresAt - Date.now()) / 1000,
  });
  return reloadOnChange({ name: 'certificate', files: filesOf(tls), logger, metrics, pollMs }, () => {
    const next = readTls(tls);
    server.setSecureContext(next);
    expiresAt = expiryOf(next);
    logger.info({ component: 'rpc' }, 'certificate reloaded');
  });
}

interface Connections {
  readonly sockets: ReadonlySet<Socket>;
  readonly sessions: ReadonlySet<Http2Session>;
}

function trackConnections(server: Http2SecureServer): Connections {
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return { sockets, sessions };
}

async function closeGracefully(server: Http2SecureServer, connections: Connections, inFlightMs: number): Promise<void> {
  for (const session of connections.sessions) session.close();
  // Whoever was told that comes again at once, while what waits is still taken.
  server.on('session', (session) => session.close());
  await drain(server, inFlightMs, () => {
    for (const socket of connections.sockets) socket.destroy();
  });
}
