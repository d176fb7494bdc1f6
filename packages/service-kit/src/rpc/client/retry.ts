import { setTimeout as pause } from 'node:timers/promises';

export interface RetryPolicy {
  /** Tries altogether. */
  readonly attemptsMax: number;
  /** The longest wait before the second try; each further one doubles it. The wait itself is random below that. */
  readonly waitMs: number;
}

/**
 * Tries again while `isWorthwhile`, waiting a random time (full jitter) so that callers do not return as a herd, and never
 * past the deadline.
 */
export async function retry<T>(
  work: () => Promise<T>,
  policy: RetryPolicy,
  deadlineAtMs: number,
  isWorthwhile: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const waitMs = Math.random() * policy.waitMs * 2 ** (attempt - 1);
      if (attempt >= policy.attemptsMax || !isWorthwhile(error) || Date.now() + waitMs >= deadlineAtMs) {
        throw error;
      }
      await pause(waitMs);
    }
  }
}
