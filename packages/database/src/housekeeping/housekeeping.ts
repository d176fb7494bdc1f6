import { Cron } from 'croner';

/** A chore of a service's database. It bears company: another replica may be at it at the same time. */
export interface Chore {
  readonly name: string;
  /** Gives how many rows it removed, where it removes any. */
  run(): Promise<unknown>;
}

export interface HousekeepingOptions {
  readonly chores: readonly Chore[];
  /** When, as a cron pattern in UTC; the first round begins with `start`. */
  readonly schedule: string;
  readonly onDone?: (chore: string, result: unknown) => void;
  /** A chore that failed is tried again with the next round. */
  readonly onError?: (chore: string, error: unknown) => void;
}

export interface Housekeeping {
  start(): Promise<void>;
  /** Resolves when the chore under way has ended. */
  stop(): Promise<void>;
}

/** Runs chores one after another, at the start and then by the schedule. A round that takes longer leaves out those due meanwhile. */
export function createHousekeeping({ chores, schedule, onDone, onError }: HousekeepingOptions): Housekeeping {
  const timer = new Cron(schedule, { paused: true, protect: true, timezone: 'UTC', unref: true }, round);
  let working: Promise<void> = Promise.resolve();
  let stopped = false;

  function round(): Promise<void> {
    working = doAll();
    return working;
  }

  async function doAll(): Promise<void> {
    for (const chore of chores) {
      if (stopped) return;
      await chore.run().then(
        (result) => onDone?.(chore.name, result),
        (error: unknown) => onError?.(chore.name, error),
      );
    }
  }

  return {
    async start() {
      timer.resume();
      void timer.trigger();
    },
    async stop() {
      stopped = true;
      timer.stop();
      await working;
    },
  };
}
