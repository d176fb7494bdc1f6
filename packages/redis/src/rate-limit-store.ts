import type { Logger } from '@bank/observability';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnection } from '#connection.ts';
import { LocalWindows, type UsedWindow } from '#local-windows.ts';

export interface RateLimit {
  /** How much is allowed in a window. */
  readonly points: number;
  readonly windowSeconds: number;
}

export interface RateLimitResult {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetSeconds: number;
}

export interface RateLimitStore {
  /**
   * Takes `cost` points of the key's window, one unless said; none at 0, which looks what is left. What is below zero gives points
   * back that were taken, also by somebody who was not allowed. Never rejects because Redis is away.
   */
  consume(key: string, limit: RateLimit, cost?: number): Promise<RateLimitResult>;
}

/**
 * Fixed windows counted in Redis, shared by all processes. While Redis is away, or too slow, each process goes on counting by
 * itself from what it last heard, so what is limited is never unlimited (SR-19); with n processes up to n times the limit passes meanwhile.
 */
export function createRateLimitStore(redis: RedisConnection, { logger }: { logger: Logger }): RateLimitStore {
  const limiters = new Map<string, RateLimiterRedis>();
  const local = new LocalWindows();
  let alone = false;

  function limiterOf({ points, windowSeconds }: RateLimit): RateLimiterRedis {
    const name = `${points}/${windowSeconds}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const options = { points, duration: windowSeconds, keyPrefix: prefixOf(windowSeconds), storeClient: redis.client };
    const made = new RateLimiterRedis(options);
    limiters.set(name, made);
    return made;
  }

  function noteAbsence(): void {
    const now = !redis.isReady();
    if (now && !alone) logger.warn({ dependency: 'redis' }, 'rate limits are counted by each process alone');
    if (!now && alone) logger.info({ dependency: 'redis' }, 'rate limits are counted together again');
    alone = now;
  }

  return {
    async consume(key, limit, cost = 1) {
      noteAbsence();
      const name = `${prefixOf(limit.windowSeconds)}:${key}`;
      const counted = await limiterOf(limit).consume(key, cost).catch(resultOrAway);
      if (counted === undefined) return resultOf(local.consume(name, cost, limit.windowSeconds), limit);
      const used = { consumed: counted.consumedPoints, msBeforeNext: counted.msBeforeNext };
      local.note(name, used);
      return resultOf(used, limit);
    },
  };
}

const prefixOf = (windowSeconds: number) => `limit:${windowSeconds}`;

/** The library throws its result when a limit is reached, and an error when Redis gives no answer. */
function resultOrAway(thrown: unknown): RateLimiterRes | undefined {
  return thrown instanceof RateLimiterRes ? thrown : undefined;
}

function resultOf({ consumed, msBeforeNext }: UsedWindow, { points }: RateLimit): RateLimitResult {
  return {
    allowed: consumed <= points,
    remaining: Math.max(0, points - consumed),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}
