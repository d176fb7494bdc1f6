import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '@bank/test-bed';
import type { Effects } from '#effects.ts';

export interface PacedEvents {
  readonly perSecond: number;
  readonly count: number;
  /** Writes one event in a transaction of its own. */
  readonly write: (userId: string) => Promise<void>;
  readonly newId: () => string;
  readonly effects: Pick<Effects, 'among'>;
  /** How long after the last write effects may still come. */
  readonly lastWithinMs?: number;
}

const lookEveryMs = 5;

/**
 * Writes events at fixed moments and gives the 99th percentile of the milliseconds from the begin of each one's
 * transaction until another session sees its effect. The first error ends all of it. @throws Error when an effect does not come, or
 * whatever a write or a look throws
 */
export async function p99LagAtPace(options: PacedEvents): Promise<number> {
  const { perSecond, count, write, newId, effects, lastWithinMs = 30_000 } = options;
  const pending = new Map<string, number>();
  const lags: number[] = [];
  const writes: Promise<void>[] = [];
  const stop = new AbortController();
  const failed = (error: unknown) => stop.abort(error);
  let written = false;

  async function look(): Promise<void> {
    let deadline = Number.POSITIVE_INFINITY;
    while (!stop.signal.aborted && (!written || pending.size > 0)) {
      const seen = pending.size === 0 ? [] : await effects.among([...pending.keys()]);
      const now = performance.now();
      for (const id of seen) {
        lags.push(now - (pending.get(id) ?? Number.NaN));
        pending.delete(id);
      }
      if (written) deadline = Math.min(deadline, now + lastWithinMs);
      if (now > deadline) throw new Error(`${pending.size} of ${count} events had no effect in time`);
      await delay(lookEveryMs);
    }
  }

  async function send(): Promise<void> {
    const startedAt = performance.now();
    for (let sent = 0; sent < count && !stop.signal.aborted; sent += 1) {
      await delay(Math.max(0, startedAt + (sent * 1000) / perSecond - performance.now()));
      const id = newId();
      pending.set(id, performance.now());
      writes.push(write(id).catch(failed));
    }
    await Promise.all(writes);
    written = true;
  }

  await Promise.all([send().catch(failed), look().catch(failed)]);
  stop.signal.throwIfAborted();
  return percentile(lags, 99);
}
