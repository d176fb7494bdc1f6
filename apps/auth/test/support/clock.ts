import type { Clock } from '@bank/domain';

/** The real time, and as much later as a test wants it to be. */
export interface ShiftedClock extends Clock {
  advance(ms: number): void;
}

/** A clock that goes on by itself and can be put forward. */
export function shiftedClock(): ShiftedClock {
  let shift = 0;
  return {
    now: () => new Date(Date.now() + shift),
    advance(ms) {
      shift += ms;
    },
  };
}
