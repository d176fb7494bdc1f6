import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { TLSSocket } from 'node:tls';

interface PeerIdentity {
  readonly uri: string;
  readonly expiresAtMs: number;
}

const known = new WeakMap<TLSSocket, PeerIdentity | undefined>();

/**
 * Tells the SAN URI of the certificate that the caller's connection was opened with, as often as it is asked; undefined when there
 * is none or more than one, or when the certificate has expired since. Read once a connection: asking OpenSSL is not free.
 */
export function peerOf(request: IncomingMessage | Http2ServerRequest): () => string | undefined {
  const socket = 'stream' in request ? request.stream.session?.socket : request.socket;
  if (!(socket instanceof TLSSocket)) {
    return () => undefined;
  }
  if (!known.has(socket)) {
    known.set(socket, readIdentity(socket));
  }
  const identity = known.get(socket);
  return () => (identity !== undefined && Date.now() < identity.expiresAtMs ? identity.uri : undefined);
}

function readIdentity(socket: TLSSocket): PeerIdentity | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const uri = uriOf(certificate?.subjectAltName);
  return certificate === undefined || uri === undefined
    ? undefined
    : { uri, expiresAtMs: Date.parse(certificate.validTo) };
}

/**
 * The one URI among the subject alternative names as Node prints them. Whole entries are compared; a list with a quote
 * in it holds an entry that Node had to escape, which could pass for several, and counts as no identity.
 */
export function uriOf(subjectAltName: string | undefined): string | undefined {
  if (subjectAltName === undefined || subjectAltName.includes('"')) {
    return undefined;
  }
  const entries = subjectAltName.split(', ').filter((entry) => entry.startsWith('URI:'));
  return entries.length === 1 ? entries[0]?.slice('URI:'.length) : undefined;
}
