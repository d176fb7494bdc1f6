import assert from 'node:assert/strict';

/** One request and its answer, as a reader wants to see them. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly requestBody: unknown;
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** A client of the gateway that keeps nothing: no cookies, no token. `observe` sees every exchange. */
export class GatewayClient {
  readonly #baseUrl: string;
  readonly #observe: (exchange: Exchange) => void;

  constructor(baseUrl: string, observe: (exchange: Exchange) => void = () => undefined) {
    this.#baseUrl = baseUrl;
    this.#observe = observe;
  }

  /** Of a page that is served from where this client sends its requests. */
  get origin(): string {
    return new URL(this.#baseUrl).origin;
  }

  /** Sends one request; an answer of any status is an answer. @throws TypeError when there is none within 10 s */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Exchange> {
    const exchange = await this.#exchange(method, path, options);
    this.#observe(exchange);
    return exchange;
  }

  /** As `send`, repeated every 20 ms until the answer is as wanted; only that last answer is shown. @throws Error after the deadline */
  async sendUntil(
    isWanted: (exchange: Exchange) => boolean,
    deadlineMs: number,
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Exchange> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const exchange = await this.#exchange(method, path, options);
      if (isWanted(exchange)) {
        this.#observe(exchange);
        return exchange;
      }
      if (performance.now() > deadline) {
        throw new Error(`${method} ${path} still answers ${exchange.status} after ${deadlineMs} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #exchange(method: string, path: string, options: RequestOptions): Promise<Exchange> {
    const response = await fetch(new URL(path, this.#baseUrl), {
      method,
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return {
      method,
      path,
      requestBody: options.body,
      status: response.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: response.headers,
    };
  }
}

/** The body of an answer that has this status. @throws AssertionError with the whole answer when it has another */
export function expectStatus<T>({ method, path, status, body }: Exchange, expected: number): T {
  assert.equal(status, expected, `${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
  return body as T;
}
