import autocannon from 'autocannon';

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

/** What came of a load; one without any answer is no error but slow. */
export interface LoadFigures {
  readonly perSecond: number;
}

interface Pending {
  onAnswer: LoadRequest['onAnswer'] | undefined;
}

/**
 * Sends requests over keep-alive connections, on each the next as soon as the last is answered, for a fixed time or number.
 * @throws Error when any is answered with another status than the wanted one: who refuses half of what is asked has not done it
 * faster, and who is compared with that has won nothing
 */
export async function load({ url, connections, next, wantedStatus = 200, ...extent }: Load): Promise<LoadFigures> {
  let wanted = 0;
  // 0 is for requests without an answer.
  const others: Record<string, number> = {};
  const startedAt = performance.now();
  await generate(
    {
      url,
      connections,
      ...('seconds' in extent ? { duration: extent.seconds } : { amount: extent.amount }),
      requests: [requestFrom(next)],
    },
    (status) => {
      if (status === wantedStatus) wanted += 1;
      else others[status] = (others[status] ?? 0) + 1;
    },
  );
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const unwanted = Object.entries(others).map(([status, times]) => `${times} times ${status}`);
  if (unwanted.length > 0)
    throw new Error(`${url} answered ${unwanted.join(', ')} beside ${wanted} times ${wantedStatus}`);
  return { perSecond: wanted / elapsedSeconds };
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
function generate(options: autocannon.Options, told: (status: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = autocannon(options, (error) => (error ? reject(error) : resolve()));
    running.on('response', (_client, status) => told(status));
    running.on('reqError', () => told(0));
  });
}
