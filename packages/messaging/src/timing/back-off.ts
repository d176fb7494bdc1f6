export interface BackOff {
  /** How long to wait before the next attempt, in milliseconds. */
  next(): number;
  /** To be called after a success. */
  reset(): void;
}

/**
 * Exponential back-off that doubles from `minMs` to `maxMs`. Each wait is a random one of the upper half, so that
 * many processes which lost one broker do not come back at the same moment.
 */
export function createBackOff(
  { minMs, maxMs }: { minMs: number; maxMs: number },
  random: () => number = Math.random,
): BackOff {
  let ceilingMs = minMs;
  return {
    next() {
      const waitMs = Math.round(ceilingMs * (0.5 + random() / 2));
      ceilingMs = Math.min(ceilingMs * 2, maxMs);
      return waitMs;
    },
    reset() {
      ceilingMs = minMs;
    },
  };
}
