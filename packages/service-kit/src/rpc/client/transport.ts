import { Agent } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Transport } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { reloadOnChange, type WatchedFiles } from '#rpc/reload-files.ts';
import { uriOf } from '#rpc/server/peer.ts';
import { filesOf, readTls, type TlsFiles } from '#rpc/tls-files.ts';

export interface TransportOptions extends Pick<WatchedFiles, 'logger' | 'metrics' | 'pollMs'> {
  readonly baseUrl: string;
  readonly tls: TlsFiles;
  /** The SAN URI that the server's certificate must carry, beside its host name. */
  readonly serverUri: string | undefined;
}

const messageBytesMax = 4 << 20;
const connectionsMax = 32;
const idleConnectionsMax = 8;

/**
 * Connect in binary over HTTP/1.1 keep-alive, the fastest way between our processes, with mutual TLS. A changed
 * certificate is used from the next call on; calls in flight keep their connection.
 */
export function createTlsTransport(options: TransportOptions): Transport {
  let agent = createAgent(options);
  let transport = createTransport(options.baseUrl, agent);
  reloadOnChange({ ...options, name: 'certificate', files: filesOf(options.tls) }, () => {
    const next = createAgent(options);
    transport = createTransport(options.baseUrl, next);
    retire(agent);
    agent = next;
  });
  return {
    unary: (...call) => transport.unary(...call),
    stream: (...call) => transport.stream(...call),
  };
}

function createTransport(baseUrl: string, agent: Agent): Transport {
  return createConnectTransport({
    baseUrl,
    httpVersion: '1.1',
    useBinaryFormat: true,
    acceptCompression: [],
    readMaxBytes: messageBytesMax,
    nodeOptions: { agent },
  });
}

const ofConnecting = new WeakSet<Error>();

/** Whether a failure of a call befell a connection that was still being made, over which nothing had been sent. */
export function isOfConnecting(error: unknown): boolean {
  return error instanceof Error && ofConnecting.has(error);
}

class ConnectingAgent extends Agent {
  override createConnection(...args: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    const socket = super.createConnection(...args);
    const note = (error: Error) => ofConnecting.add(error);
    socket?.once('error', note).once('secureConnect', () => socket.off('error', note));
    return socket;
  }
}

function createAgent({ serverUri, tls }: TransportOptions): Agent {
  return new ConnectingAgent({
    ...readTls(tls),
    keepAlive: true,
    maxSockets: connectionsMax,
    maxFreeSockets: idleConnectionsMax,
    checkServerIdentity: (host, certificate) =>
      checkServerIdentity(host, certificate) ?? checkUri(certificate, serverUri),
  });
}

function checkUri(certificate: PeerCertificate, serverUri: string | undefined): Error | undefined {
  if (serverUri === undefined || uriOf(certificate.subjectaltname) === serverUri) {
    return undefined;
  }
  return new Error('the certificate belongs to another service');
}

/** Idle connections close at once, busy ones when their call has ended. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) {
      socket.destroy();
    }
  }
}
