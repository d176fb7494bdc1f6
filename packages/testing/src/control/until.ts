import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds until it gives up; 10 s unless told. */
  deadlineMs?: number;
  /** Milliseconds between two tries. */
  everyMs?: number;
  /** What is waited for, as the error will say it. */
  what?: string;
}

/**
 * Polls until the predicate answers something truthy, and returns that. A predicate that throws is tried again.
 * @throws Error at the deadline, with the last error of the predicate as its cause.
 */
export async function until<T>(
  predicate: () => T | Promise<T>,
  { deadlineMs = 10_000, everyMs = 20, what = 'the condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await predicate();
      if (value) {
        return value;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`${what} did not come true within ${deadlineMs} ms`, { cause });
    }
    await pause(everyMs);
  }
}
