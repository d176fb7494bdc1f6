import { randomUUID } from 'node:crypto';
import type { Journal, WriteKind } from '#load/journal.ts';

export interface Exchange {
  readonly requestId: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Sent {
  /** What `:id` in the route stands for. */
  readonly id?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the request writes when it succeeds; its request id then says so. */
  readonly kind?: WriteKind;
}

/** Where a file goes, as the service says it. */
export interface UploadLink {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const answerWithinMs = 30_000;

/** A client of the gateway that notes every answer, and that there was none. */
export class GatewayClient {
  readonly #baseUrl: string;
  readonly #journal: Journal;

  constructor(baseUrl: string, journal: Journal) {
    this.#baseUrl = baseUrl;
    this.#journal = journal;
  }

  /** Sends one request. Never throws: no answer has the status 0. */
  async send(method: string, route: string, sent: Sent = {}): Promise<Exchange> {
    const requestId = `chaos.${sent.kind ?? 'read'}.${randomUUID()}`;
    const sentAt = performance.now();
    const exchange = await this.#exchange(method, route.replace(':id', sent.id ?? ''), { ...sent, requestId });
    this.#journal.answers.push({
      sentAt,
      answeredAt: performance.now(),
      route: `${method} ${route}`,
      requestId,
      status: exchange.status,
      code: (exchange.body as { code?: string } | undefined)?.code,
      hasRetryAfter: exchange.headers.has('retry-after'),
    });
    return exchange;
  }

  /** Sends a file by the link of its upload; whether it was taken. */
  async sendFile({ url, method, headers }: UploadLink, file: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const requestId = `chaos.read.${randomUUID()}`;
    const sentAt = performance.now();
    const answer = await fetch(url, {
      method,
      headers: { ...headers, 'x-request-id': requestId },
      body: file,
      signal: AbortSignal.timeout(answerWithinMs),
    }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined); // cut off: the status was there
    this.#journal.answers.push({
      ...{ sentAt, answeredAt: performance.now(), route: `${method} of an upload`, requestId },
      ...{ status: answer?.status ?? 0, code: undefined, hasRetryAfter: answer?.headers.has('retry-after') ?? false },
    });
    return answer?.ok ?? false;
  }

  async #exchange(
    method: string,
    path: string,
    { requestId, body, token, headers }: Sent & { requestId: string },
  ): Promise<Exchange> {
    try {
      const response = await fetch(new URL(path, this.#baseUrl), {
        method,
        headers: {
          'x-request-id': requestId,
          origin: new URL(this.#baseUrl).origin,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const text = await response.text();
      return {
        requestId,
        status: response.status,
        body: text === '' ? undefined : JSON.parse(text),
        headers: response.headers,
      };
    } catch {
      return { requestId, status: 0, body: undefined, headers: new Headers() };
    }
  }
}
