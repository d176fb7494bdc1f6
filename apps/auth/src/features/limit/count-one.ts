import type { RateLimit } from '@bank/redis';
import type { AppContext } from '#context.ts';

/** One that was counted before it is known whether it has to be. */
export interface Counted {
  readonly allowed: boolean;
  /** Until the window ends. */
  readonly resetSeconds: number;
  /** Takes it out of the count again, also where it was not allowed. */
  giveBack(): Promise<void>;
}

/** Counts one of what a key has left in its window. */
export async function countOne(
  { rateLimits }: Pick<AppContext, 'rateLimits'>,
  key: string,
  limit: RateLimit,
): Promise<Counted> {
  const countedAt = performance.now();
  const { allowed, resetSeconds } = await rateLimits.consume(key, limit);
  const giveBack = async () => {
    // A window that is over has forgotten it: the next one would get one more.
    const secondsGone = (performance.now() - countedAt) / 1000;
    if (secondsGone < resetSeconds - 1) await rateLimits.consume(key, limit, -1);
  };
  return { allowed, resetSeconds, giveBack };
}
