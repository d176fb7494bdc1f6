import type { Logger } from '@bank/observability';

/** Work that is done again and again while the service runs. */
export interface Loop {
  /** Does the work once, then keeps going. Resolves after the first round, also when that failed. */
  start(): Promise<void>;
  /** Resolves when the round under way has ended; none begins after it. */
  stop(): Promise<void>;
  /** Does the work soon, not only at the next interval. Calls during a round become one more round. */
  wake(): void;
}

export interface LoopOptions {
  name: string;
  everyMs: number;
  logger: Pick<Logger, 'warn'>;
  work(): Promise<unknown>;
}

/** Runs work at intervals and on waking, one round at a time. A round that fails is logged and tried again at the next. */
export function createLoop({ name, everyMs, logger, work }: LoopOptions): Loop {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let running = false;

  async function rounds(): Promise<void> {
    do {
      again = false;
      await work().catch((error: unknown) => logger.warn({ err: error, job: name }, 'a round of the job failed'));
    } while (again && running);
  }

  function wake(): void {
    if (!running) return;
    again = true;
    round ??= rounds().finally(() => {
      round = undefined;
    });
  }

  return {
    async start() {
      running = true;
      timer = setInterval(wake, everyMs);
      wake();
      await round;
    },
    async stop() {
      running = false;
      clearInterval(timer);
      await round;
    },
    wake,
  };
}
