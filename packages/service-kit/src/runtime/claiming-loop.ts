import { createLoop, type Loop, type LoopOptions } from '#runtime/loop.ts';

export interface ClaimingLoopOptions<T> extends Omit<LoopOptions, 'work'> {
  /** How many are under way at once at most. */
  max: number;
  /** Takes up to `limit` of what is due, so that nobody else gets it for now. */
  claim(limit: number): Promise<readonly T[]>;
  handle(claimed: T): Promise<void>;
  /** What the log calls it by when its handling fails. */
  idsOf(claimed: T): Readonly<Record<string, string>>;
}

/**
 * A loop whose rounds claim as many as there are free places, and wait for none of them: one that hangs holds up its own place,
 * and nothing else. While more may wait than there were places, each that gets free is filled at once. `stop` also waits for
 * what is under way. Handling that fails is logged; what was claimed is then due again when its claim says so.
 */
export function createClaimingLoop<T>({ max, claim, handle, idsOf, ...options }: ClaimingLoopOptions<T>): Loop {
  const { name, logger } = options;
  const underWay = new Set<Promise<void>>();
  let isFull = false;

  async function work(): Promise<void> {
    const free = max - underWay.size;
    if (free <= 0) return;
    const claimed = await claim(free);
    isFull = claimed.length === free;
    for (const one of claimed) {
      const handling = handle(one)
        .catch((err: unknown) => logger.warn({ err, job: name, ...idsOf(one) }, 'what was claimed was not settled'))
        .finally(() => {
          underWay.delete(handling);
          if (isFull) loop.wake();
        });
      underWay.add(handling);
    }
  }

  const loop = createLoop({ ...options, work });
  return {
    ...loop,
    async stop() {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}
