import { setTimeout as pause } from 'node:timers/promises';

type RunStatement = (sql: string, parameters: readonly unknown[]) => Promise<unknown>;

export interface Waker {
  notifySoon(channel: string): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const PAUSE_MS = 100;

/**
 * Sends NOTIFY after the commit instead of inside the transaction: a transaction that notifies takes a lock over the
 * whole cluster until its commit is on disk, so that all of them would commit one after another. The first is sent at
 * once; what is asked for within the next hundred milliseconds becomes one more, and so one batch of a relay.
 */
export function createWaker(run: RunStatement): Waker {
  const underWay = new Map<string, { again: boolean; done: Promise<void> }>();

  async function send(channel: string, state: { again: boolean }): Promise<void> {
    do {
      state.again = false;
      // A listener that is not told finds the rows at its next poll.
      await run("select pg_notify($1, '')", [channel]).catch(() => undefined);
      await pause(PAUSE_MS);
    } while (state.again);
    underWay.delete(channel);
  }

  return {
    notifySoon(channel) {
      const present = underWay.get(channel);
      if (present === undefined) {
        const state = { again: false, done: Promise.resolve() };
        underWay.set(channel, state);
        state.done = send(channel, state);
      } else {
        present.again = true;
      }
    },
    async settled() {
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}
