import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from '#stack/host/stack-error.ts';

export interface PollOptions {
  /** What is waited for, as the end of "waited in vain until …". */
  until: string;
  deadlineMs: number;
  everyMs?: number;
}

/**
 * Calls `probe` until it gives something else than undefined or false; a probe that throws counts as "not yet".
 * @throws StackError naming what was waited for and the last failure when the deadline passes.
 */
export async function poll<T>(probe: () => Promise<T | undefined | false>, options: PollOptions): Promise<T> {
  const { until, deadlineMs, everyMs = 50 } = options;
  const endsAt = Date.now() + deadlineMs;
  let lastFailure = '';
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) {
        return result;
      }
    } catch (error) {
      if (error instanceof StackError) {
        throw error;
      }
      lastFailure = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= endsAt) {
      const because = lastFailure === '' ? '' : ` (${lastFailure.split('\n', 1)[0]})`;
      throw new StackError(`waited ${Math.round(deadlineMs / 1000)} s in vain until ${until}${because}`);
    }
    await delay(everyMs);
  }
}
