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

const firstPauseMs = 1000;

/**
 * Runs work at intervals and on waking, one round at a time. A round that fails is logged, and tried again after a second,
 * after twice as long each time that it fails again, and at the next interval in any case.
 */
export function createLoop({ name, everyMs, logger, work }: LoopOptions): Loop {
  let timer: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let round: Promise<void> | undefined;
  let again = false;
  let running = false;

  async function rounds(): Promise<void> {
    do {
      again = false;
      await attempt();
    } while (again && running);
  }

  async function attempt(): Promise<void> {
    clearTimeout(retry);
    try {
      await work();
      pauseMs = firstPauseMs;
    } catch (error) {
      logger.warn({ err: error, job: name }, 'a round of the job failed');
      if (pauseMs < everyMs) retry = setTimeout(wake, pauseMs);
      pauseMs *= 2;
    }
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
      clearTimeout(retry);
    },
    wake,
  };
}
