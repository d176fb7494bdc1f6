import type { Logger } from '@bank/observability';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnection } from '#connection.ts';

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
   * Takes `cost` points of the key's window, one unless said. What is below zero gives points back that were taken, also by
   * somebody who was not allowed. Never rejects because Redis is away.
   */
  consume(key: string, limit: RateLimit, cost?: number): Promise<RateLimitResult>;
}

/**
 * Fixed windows counted in Redis, shared by all processes. While Redis is away each process counts by itself with the
 * same limit, so what is limited is never unlimited (SR-19); with n processes up to n times the limit passes meanwhile.
 */
export function createRateLimitStore(redis: RedisConnection, { logger }: { logger: Logger }): RateLimitStore {
  const limiters = new Map<string, RateLimiterRedis>();
  let insured = false;

  function limiterOf(limit: RateLimit): RateLimiterRedis {
    const name = `${limit.points}/${limit.windowSeconds}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = createLimiter(redis, limit);
    limiters.set(name, made);
    return made;
  }

  function noteInsurance(): void {
    const now = !redis.isReady();
    if (now && !insured) logger.warn({ dependency: 'redis' }, 'rate limits are counted by each process alone');
    if (!now && insured) logger.info({ dependency: 'redis' }, 'rate limits are counted together again');
    insured = now;
  }

  return {
    async consume(key, limit, cost = 1) {
      noteInsurance();
      try {
        return resultOf(await limiterOf(limit).consume(key, cost), true);
      } catch (thrown) {
        // The library throws its result when the limit is reached, and errors only for what is wrong in the call.
        if (thrown instanceof RateLimiterRes) return resultOf(thrown, false);
        throw thrown;
      }
    },
  };
}

function createLimiter(redis: RedisConnection, { points, windowSeconds }: RateLimit): RateLimiterRedis {
  const common = { points, duration: windowSeconds, keyPrefix: `limit:${windowSeconds}` };
  return new RateLimiterRedis({
    ...common,
    storeClient: redis.client,
    insuranceLimiter: new RateLimiterMemory(common),
  });
}

function resultOf({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): RateLimitResult {
  return {
    allowed,
    remaining: allowed ? remainingPoints : 0,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}
