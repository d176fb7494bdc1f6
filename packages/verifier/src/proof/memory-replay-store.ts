import { LRUCache } from 'lru-cache';
import type { ReplayStore } from '#proof/proof-checker.ts';

/** A service that answers a thousand requests a second fills two thirds of it while a proof is good. */
const entriesMax = 100_000;

/** A replay store of one process: for a service that runs once, and for the time in which the shared one is away. */
export function createMemoryReplayStore(): ReplayStore {
  const claimed = new LRUCache<string, true>({ max: entriesMax });
  return {
    async claim(key, keptSeconds) {
      if (claimed.has(key)) return false;
      claimed.set(key, true, { ttl: keptSeconds * 1000 });
      return true;
    },
  };
}
