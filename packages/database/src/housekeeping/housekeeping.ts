/** A chore of a service's database, and what it did, for the log. */
export interface Chore {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface HousekeepingOptions {
  readonly chores: readonly Chore[];
  /** An hour unless given. */
  readonly everyMs?: number;
  readonly onDone?: (chore: string, result: unknown) => void;
  /** A chore that failed is tried again with the next round. */
  readonly onError?: (chore: string, error: unknown) => void;
}

export interface Housekeeping {
  start(): Promise<void>;
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** Runs chores one after another, at the start and then regularly, in every replica: each chore bears company. */
export function createHousekeeping({ chores, everyMs = HOUR_MS, onDone, onError }: HousekeepingOptions): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let stopped = false;

  async function doAll(): Promise<void> {
    for (const chore of chores) {
      if (stopped) {
        return;
      }
      await chore.run().then(
        (result) => onDone?.(chore.name, result),
        (error: unknown) => onError?.(chore.name, error),
      );
    }
    if (!stopped) {
      timer = setTimeout(begin, everyMs).unref();
    }
  }

  function begin(): void {
    round = doAll();
  }

  return {
    async start() {
      begin();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
