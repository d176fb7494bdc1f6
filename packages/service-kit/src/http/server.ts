import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '@bank/domain';
import { acceptRequestId } from '@bank/observability';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { problemMediaType, problemOf } from '#http/answer/problem.ts';
import { noStore, securityHeaders } from '#http/answer/security-headers.ts';
import type { HttpFetch } from '#http/app.ts';

export interface HttpTimeouts {
  /** For the whole request to arrive; a client that drips bytes is cut off (slowloris). */
  readonly requestMs: number;
  readonly headersMs: number;
  /** Longer than a proxy keeps idle connections, so that never the server closes one the proxy is about to use. */
  readonly keepAliveMs: number;
}

export const httpTimeouts: HttpTimeouts = { requestMs: 15_000, headersMs: 10_000, keepAliveMs: 75_000 };

const headerBytesMax = 16 * 1024;
const headersMax = 100;
const checkEveryMs = 500;

/** A Node server in front of the app. What is not even HTTP gets a problem document as well. */
export function createHttpServer(fetch: HttpFetch, timeouts: HttpTimeouts): Server {
  const listener = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    errorHandler: () => badRequest(),
  });
  const answering = new WeakMap<Socket, ServerResponse>();
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answering.set(incoming.socket, outgoing);
    void listener(incoming, outgoing);
  };
  const server = createServer(
    {
      requestTimeout: timeouts.requestMs,
      headersTimeout: Math.min(timeouts.headersMs, timeouts.requestMs),
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: headerBytesMax,
      joinDuplicateHeaders: true, // by itself Node keeps the first Authorization, where a proxy may have read the last
      requireHostHeader: false, // checked by us, so that the answer is a problem document
      noDelay: true,
    },
    answer,
  );
  // Whatever a client expects besides `100-continue`, it gets the answer.
  server.on('checkExpectation', answer);
  server.maxHeadersCount = headersMax;
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET' || answering.get(socket)?.headersSent === true) {
      socket.destroy();
      return;
    }
    socket.end(rawProblem(error.code));
  });
  return server;
}

/** For targets that are no URL and hosts that are no host. */
function badRequest(): Response {
  const problem = problemOf(new DomainError('request.malformed'), acceptRequestId(undefined));
  return new Response(JSON.stringify(problem), { status: problem.status, headers: headersOf(problem.requestId) });
}

/** The answer to bytes that are no request, as it goes over the wire; there is no response object for it. */
function rawProblem(code: string | undefined): string {
  const status = statusOfParserError(code);
  const error = new DomainError(status === 431 ? 'request.too_large' : 'request.malformed');
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const problem = { ...problemOf(error, acceptRequestId(undefined)), status, title };
  const body = JSON.stringify(problem);
  const headers = Object.entries({
    ...headersOf(problem.requestId),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${title}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

function headersOf(requestId: string): Record<string, string> {
  return {
    ...securityHeaders,
    ...noStore,
    'content-type': problemMediaType,
    'x-request-id': requestId,
  };
}

function statusOfParserError(code: string | undefined): number {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 431;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    default:
      return 400;
  }
}
