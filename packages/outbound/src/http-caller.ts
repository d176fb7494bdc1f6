export interface HttpCallerOptions {
  /** Where the API is; a path is kept, and no call leaves it. */
  baseUrl: string;
  /** For one call altogether, its answer included; 10 seconds unless said. */
  deadlineMs?: number;
  /** What an answer may be long; 64 KiB unless said. */
  replyBytesMax?: number;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Below the base address, without a leading slash; what comes from outside is encoded in it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What was answered. `body` is its JSON; undefined when it was none, or too much. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** There was no whole answer in time: nobody knows whether the call was acted on. Repeats nothing of it. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
  readonly reason: 'deadline' | 'network' | 'closed';

  // No cause: what fetch says repeats the address, and with it the query.
  constructor(reason: 'deadline' | 'network' | 'closed') {
    super(reason);
    this.reason = reason;
  }
}

/** The API of somebody outside, reached by HTTP. */
export interface HttpCaller {
  /** @throws NoReply; RangeError for a path that leads out of the API */
  call(call: HttpCall): Promise<HttpReply>;
  /** Gives up what is under way. */
  close(): void;
}

/**
 * Calls one API with a hard deadline and a limit on the answer. The host is fixed, and redirects are not followed, since they could lead
 * credentials astray (SR-75).
 */
export function createHttpCaller(options: HttpCallerOptions): HttpCaller {
  const { baseUrl, deadlineMs = 10_000, replyBytesMax = 64 * 1024 } = options;
  const base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  const closing = new AbortController();
  return {
    async call({ method, path, query = {}, headers, body }) {
      const url = addressOf(base, path, query);
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const signal = AbortSignal.any([deadline, closing.signal]);
        const sent = body === undefined ? {} : { body };
        const reply = await fetch(url, { method, headers, signal, redirect: 'error', ...sent });
        return { status: reply.status, headers: reply.headers, body: await readJson(reply, replyBytesMax) };
      } catch {
        if (closing.signal.aborted) throw new NoReply('closed');
        throw new NoReply(deadline.aborted ? 'deadline' : 'network');
      }
    },
    close() {
      closing.abort();
    },
  };
}

function addressOf(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(path, base);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new RangeError('the path leads out of the API');
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

async function readJson(reply: Response, bytesMax: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether a status says that the provider, or our account there, is what is wrong, and not this one request. */
export function isAway(status: number): boolean {
  return status === 401 || status === 403 || status === 404 || status === 429 || status >= 500;
}
