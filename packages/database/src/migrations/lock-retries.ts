import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@bank/domain';
import { translateFailure } from '#connection/failures.ts';

export interface LockRetries {
  /** How often in all. */
  readonly tries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Told of each try that was in vain, once it is clear that there will be another. */
  readonly report?: ((line: string) => void) | undefined;
}

/** About a minute, in which a lock that is held by ordinary work is to be had. */
export const patientRetries: LockRetries = { tries: 12, firstPauseMs: 250, longestPauseMs: 10_000 };

const passing = new Set(['lock timeout', 'deadlock']);

/**
 * Runs `work` until it does not give up waiting for a lock: between tries, everybody who queued behind it gets through. Pauses
 * double and are spread, so that two migrators do not keep in step.
 * @throws service.unavailable after the last try, and at once whatever is no matter of locks
 */
export async function withLockRetries<T>(retries: LockRetries, work: () => Promise<T>): Promise<T> {
  const { tries, firstPauseMs, longestPauseMs, report } = retries;
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const failure = translateFailure(error);
      if (tried >= tries || !(failure instanceof DomainError) || !passing.has(failure.reason ?? '')) throw failure;
      const longest = Math.min(firstPauseMs * 2 ** (tried - 1), longestPauseMs);
      const ms = Math.round(longest / 2 + Math.random() * (longest / 2));
      report?.(`${failure.reason}: try ${tried + 1} of ${tries} in ${ms} ms`);
      await pause(ms);
    }
  }
}
