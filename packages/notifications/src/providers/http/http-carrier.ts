import { DeliveryError } from '#providers/message-provider.ts';

/** What a carrier answered. `body` is its JSON; undefined when it was none, or too much. */
export interface CarrierReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface CarrierRequest {
  /** Below the carrier's base address, without a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpCarrierOptions {
  /** Where the carrier's API is; a path is kept. */
  baseUrl: string;
  /** For one request altogether, its answer included; 10 seconds unless said. */
  deadlineMs?: number;
}

/** A carrier that is reached by HTTP. */
export interface HttpCarrier {
  /** @throws DeliveryError when there is no whole answer in time: nobody knows then whether it was accepted */
  post(request: CarrierRequest): Promise<CarrierReply>;
  /** Gives up what is under way. */
  close(): void;
}

const replyBytesMax = 64 * 1024;

/** Calls with a hard deadline; redirects are not followed, since they could lead credentials astray (SR-75). */
export function createHttpCarrier({ baseUrl, deadlineMs = 10_000 }: HttpCarrierOptions): HttpCarrier {
  const base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  const closing = new AbortController();
  return {
    async post({ path, headers, body }) {
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const signal = AbortSignal.any([deadline, closing.signal]);
        const reply = await fetch(new URL(path, base), { method: 'POST', headers, body, signal, redirect: 'error' });
        return { status: reply.status, headers: reply.headers, body: await readJson(reply) };
      } catch {
        if (closing.signal.aborted) throw new DeliveryError('transient', 'ECLOSED');
        throw new DeliveryError('transient', deadline.aborted ? 'EDEADLINE' : 'ENETWORK', { carrierAway: true });
      }
    },
    close() {
      closing.abort();
    },
  };
}

async function readJson(reply: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > replyBytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A carrier's refusal by status: what is wrong with the carrier or with our account there, and everything else. */
export function isCarrierAway(status: number): boolean {
  return status === 401 || status === 403 || status === 404 || status === 429 || status >= 500;
}
