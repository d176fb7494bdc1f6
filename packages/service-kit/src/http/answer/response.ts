import { DomainError } from '@bank/domain';
import { limitHeaders } from '#http/answer/limit-headers.ts';
import { problemHeaders, problemMediaType, problemOf } from '#http/answer/problem.ts';
import { serialiseCookie } from '#http/contract/cookie.ts';
import type { HttpReply } from '#http/contract/reply.ts';
import type { Exchange } from '#http/exchange.ts';

type Headers = Record<string, string>;
type Body = NonNullable<HttpReply['raw']> | null;

const headerName = /^[a-z][a-z0-9-]*$/i;
const headerValue = /^[\t\x20-\x7e]*$/;
const jsonUtf8 = 'application/json; charset=utf-8';

/** What every answer of an endpoint starts from, made once. */
export interface AnswerFrame {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the handler's own `cache-control` stands. */
  readonly cacheable: boolean;
  readonly produces: string;
}

/** The HTTP message of a handler's reply. @throws service.internal when the handler wrote a header that is none */
export function replyResponse(reply: HttpReply, exchange: Exchange, frame: AnswerFrame, extra: Headers): Response {
  const headers = frameHeaders(exchange, frame, extra);
  if (exchange.limits.length > 0) {
    Object.assign(headers, limitHeaders(exchange.limits));
  }
  if (reply.headers !== undefined) {
    addReplyHeaders(headers, reply.headers, frame.cacheable);
  }
  // For `If-Match` alone: some of what is shown changes without the version, so none is ever answered with 304.
  if (reply.etag !== undefined) {
    headers['etag'] = reply.etag;
  }
  return new Response(bodyOf(reply, headers, frame), { status: reply.status, headers: withCookies(headers, reply) });
}

function bodyOf(reply: HttpReply, headers: Headers, frame: AnswerFrame): Body {
  if (reply.raw !== undefined) {
    headers['content-type'] ??= frame.produces;
    return reply.raw;
  }
  if (reply.body === undefined) {
    return null;
  }
  headers['content-type'] = jsonUtf8;
  return JSON.stringify(reply.body);
}

/** The problem document of a failure, never cacheable. */
export function problemResponse(error: DomainError, exchange: Exchange, frame: AnswerFrame, extra: Headers): Response {
  const headers = frameHeaders(exchange, frame, extra);
  const answered = { hasGoodToken: exchange.claims !== undefined, counted: exchange.limits };
  Object.assign(headers, problemHeaders(error, answered), {
    'cache-control': 'no-store',
    'content-type': problemMediaType,
  });
  const problem = problemOf(error, exchange.requestId);
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function frameHeaders(exchange: Exchange, frame: AnswerFrame, extra: Headers): Headers {
  return {
    ...frame.headers,
    ...extra,
    'x-request-id': exchange.requestId,
    traceparent: exchange.scope.traceparent,
    ...(exchange.proofNonce === undefined ? {} : { 'dpop-nonce': exchange.proofNonce }),
  };
}

/** Features hand in header values; a line break in one would start a header of the attacker's (SR-76). */
function addReplyHeaders(headers: Headers, added: Readonly<Record<string, string>>, cacheable: boolean): void {
  for (const [name, value] of Object.entries(added)) {
    if (!headerName.test(name) || !headerValue.test(value)) {
      throw new DomainError('service.internal', { reason: 'a reply header is not valid' });
    }
    const lowerName = name.toLowerCase();
    if (lowerName !== 'cache-control' || cacheable) {
      headers[lowerName] = value;
    }
  }
}

/** Several cookies need several header lines, which a plain object cannot hold. */
function withCookies(headers: Headers, { cookies }: HttpReply): Headers | [string, string][] {
  if (cookies === undefined || cookies.length === 0) {
    return headers;
  }
  const lines = cookies.map((cookie): [string, string] => ['set-cookie', serialiseCookie(cookie)]);
  return [...Object.entries(headers), ...lines];
}
