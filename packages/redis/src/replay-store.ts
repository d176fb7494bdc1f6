import type { Logger } from '@bank/observability';
import { createMemoryReplayStore, type ReplayStore } from '@bank/verifier';
import type { RedisConnection } from '#connection.ts';

/**
 * What was used up, for all processes: the first `SET NX` has it. Each process remembers its own beside, and goes by that alone
 * while Redis is away: then what was used here is still refused here, and with n processes it is taken n times at most.
 */
export function createReplayStore(redis: RedisConnection, { logger }: { logger: Logger }): ReplayStore {
  const own = createMemoryReplayStore();
  let isAlone = false;

  function note(now: boolean): void {
    if (now && !isAlone) logger.warn({ dependency: 'redis' }, 'replays are noticed by each process alone');
    if (!now && isAlone) logger.info({ dependency: 'redis' }, 'replays are noticed together again');
    isAlone = now;
  }

  return {
    async claim(key, keptSeconds) {
      if (!(await own.claim(key, keptSeconds))) return false;
      try {
        const answer = await redis.client.set(`used:${key}`, 1, 'EX', keptSeconds, 'NX');
        note(false);
        return answer === 'OK';
      } catch {
        note(true);
        return true;
      }
    },
  };
}
