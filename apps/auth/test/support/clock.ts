import type { Clock } from '@bank/domain';

/** The real time, and as much later as a test wants it to be. */
export interface ShiftedClock extends Clock {
  advance(ms: number): void;
  /** Does something at one moment, however long it takes. */
  atOnce<T>(work: () => Promise<T>): Promise<T>;
}

/** A clock that goes on by itself and can be put forward. */
export function shiftedClock(): ShiftedClock {
  let shift = 0;
  let standing: number | undefined;
  return {
    now: () => new Date((standing ?? Date.now()) + shift),
    advance(ms) {
      shift += ms;
    },
    async atOnce(work) {
      standing = Date.now();
      try {
        return await work();
      } finally {
        standing = undefined;
      }
    },
  };
}
