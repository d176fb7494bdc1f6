import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { type ConnectRouter, createContextKey, createContextValues } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

export interface RpcListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Where `ca.pem`, `<holder>.pem` and `<holder>.key` lie. */
  readonly tlsFolder: string;
  /** Whose certificate is shown. */
  readonly holder: string;
  /** URIs in the certificates of those who may call. */
  readonly callers: readonly string[];
  /** The largest request; 1 MiB unless said. */
  readonly readMaxBytes?: number;
  routes(router: ConnectRouter): void;
}

export interface RpcListener {
  start(): Promise<string>;
  stop(): Promise<void>;
}

/** Breaks the connection of a call, so that its caller cannot know what became of it. */
export const hangUpKey = createContextKey<() => void>(() => undefined, { description: 'hang up' });

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

const messageBytesMax = 1 << 20;

/** A service of the platform on a port of its own: Connect, gRPC and gRPC-web over mutual TLS. */
export function createRpcListener(options: RpcListenerOptions): RpcListener {
  const { callers, holder, host, port, tlsFolder } = options;
  const file = (name: string) => readFileSync(join(tlsFolder, name));
  const answer = connectNodeAdapter({
    routes: options.routes,
    readMaxBytes: options.readMaxBytes ?? messageBytesMax,
    contextValues: (request) => createContextValues().set(hangUpKey, () => socketOf(request)?.destroy()),
  });
  const sockets = new Set<TLSSocket>();
  const server = createSecureServer({ allowHTTP1: true, requestCert: true, rejectUnauthorized: true });
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => undefined);
  server.on('request', (request: NodeRequest, response: NodeResponse) => {
    if (callers.includes(callerOf(request) ?? '')) answer(request as IncomingMessage, response as ServerResponse);
    else refuse(response);
  });
  return {
    start() {
      server.setSecureContext({ ca: file('ca.pem'), cert: file(`${holder}.pem`), key: file(`${holder}.key`) });
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const bound = server.address();
          resolve(`https://${host}:${typeof bound === 'object' && bound !== null ? bound.port : port}`);
        });
      });
    },
    stop() {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

function refuse(response: NodeResponse): void {
  (response as ServerResponse).writeHead(403).end();
}

function socketOf(request: NodeRequest): TLSSocket | undefined {
  const socket = 'stream' in request ? request.stream.session?.socket : request.socket;
  return socket instanceof TLSSocket ? socket : undefined;
}

function callerOf(request: NodeRequest): string | undefined {
  const names = socketOf(request)?.getPeerX509Certificate()?.subjectAltName?.split(', ') ?? [];
  return names.find((name) => name.startsWith('URI:'))?.slice('URI:'.length);
}
