import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What a server of Sentry would have been told. */
export interface SentryReceiver {
  /** Every envelope, unpacked. */
  envelopes(): readonly string[];
  close(): void;
}

/** The address that apps report errors to, as they know it. */
export function dsnOf(port: number): string {
  return `http://0123456789abcdef0123456789abcdef@127.0.0.1:${port}/1`;
}

/** Takes whatever an SDK sends. */
export function startSentryReceiver(port: number): SentryReceiver {
  const envelopes: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    envelopes.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}\n${plain.toString()}`);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(port, '127.0.0.1');
  return { envelopes: () => envelopes, close: () => void server.close() };
}
