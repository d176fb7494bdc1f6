/** A clock that stands still until it is told to move; it satisfies the `Clock` of @bank/domain. */
export interface FixedClock {
  now(): Date;
  /** Moves forward (or, negative, back) by milliseconds. */
  advance(ms: number): void;
  set(at: Date | string): void;
}

/** A clock that stands at the given instant. */
export function fixedClock(at: Date | string = '2026-01-01T00:00:00.000Z'): FixedClock {
  let current = new Date(at).getTime();
  return {
    now: () => new Date(current),
    advance(ms) {
      current += ms;
    },
    set(next) {
      current = new Date(next).getTime();
    },
  };
}
