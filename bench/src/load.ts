import autocannon from 'autocannon';
import { percentile } from '#statistics.ts';

/** What one request carries. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Called with the answer, for requests that depend on the ones before. */
  readonly onAnswer?: (status: number, body: string) => void;
}

export type Load = LoadTarget & ({ readonly seconds: number } | { readonly amount: number });

interface LoadTarget {
  readonly url: string;
  readonly connections: number;
  /** The next request of any connection. */
  readonly next: () => LoadRequest;
  readonly wantedStatus?: number;
}

/** What came of a load. Answers that were not wanted count for nothing. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wanted: number;
  /** How many answers had each other status; 0 is for requests without an answer. */
  readonly others: Readonly<Record<string, number>>;
}

interface Pending {
  onAnswer: LoadRequest['onAnswer'] | undefined;
}

/** Sends requests over keep-alive connections, on each the next as soon as the last is answered, for a fixed time or number. */
export async function load({ url, connections, next, wantedStatus = 200, ...extent }: Load): Promise<LoadFigures> {
  const times: number[] = [];
  const others: Record<string, number> = {};
  const startedAt = performance.now();
  await generate(
    {
      url,
      connections,
      ...('seconds' in extent ? { duration: extent.seconds } : { amount: extent.amount }),
      requests: [requestFrom(next)],
    },
    (status, ms) => {
      if (status === wantedStatus) times.push(ms);
      else others[status] = (others[status] ?? 0) + 1;
    },
  );
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  if (times.length === 0) throw new Error(`${url} gave no wanted answer: ${JSON.stringify(others)}`);
  return {
    perSecond: times.length / elapsedSeconds,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    wanted: times.length,
    others,
  };
}

function requestFrom(next: () => LoadRequest): autocannon.Request {
  return {
    setupRequest(defaults, context) {
      const { method, path, headers, body, onAnswer } = next();
      (context as Pending).onAnswer = onAnswer;
      return { ...defaults, method, path, headers: { ...headers }, body };
    },
    onResponse: (status, body, context) => (context as Pending).onAnswer?.(status, body),
  };
}

/** Resolves when the generator has done; `told` hears of each answer, and of none as one with status 0. */
function generate(options: autocannon.Options, told: (status: number, ms: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = autocannon(options, (error) => (error ? reject(error) : resolve()));
    running.on('response', (_client, status, _bytes, ms) => told(status, ms));
    running.on('reqError', () => told(0, 0));
  });
}

let callers = 0;

/** The header by which a trusted hop names a client: another address each time, so that no limit per address is what is measured. */
export function fromAnotherAddress(): { readonly 'x-forwarded-for': string } {
  callers = (callers + 1) % (1 << 24);
  return { 'x-forwarded-for': `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}` };
}
