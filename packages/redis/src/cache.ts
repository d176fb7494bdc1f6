import type { JsonValue } from '@bank/domain';
import type { RedisConnection } from '#connection.ts';

export interface CacheOptions<T> {
  /** Goes before each key: two caches never meet. */
  namespace: string;
  ttlSeconds: number;
  /** Makes the value out of what was stored; undefined (or a throw) for what an older release wrote differently. */
  read: (stored: JsonValue) => T | undefined;
}

/** Never the only copy of anything: each read may miss, each write may be lost, and neither says so. */
export interface Cache<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * A cache of JSON values with one time to live. While Redis is away everything misses. What must not be stale must not
 * be cached: a `delete` may be lost as well, and the value then lives until its time is over.
 */
export function createCache<T extends JsonValue>(redis: RedisConnection, options: CacheOptions<T>): Cache<T> {
  const { namespace, ttlSeconds, read } = options;
  const keyOf = (key: string) => `cache:${namespace}:${key}`;

  async function attempt<R>(work: () => Promise<R>): Promise<R | undefined> {
    try {
      return await work();
    } catch (error) {
      redis.logger.debug({ err: error, component: namespace }, 'the cache was passed over');
      return undefined;
    }
  }

  return {
    get: (key) =>
      attempt(async () => {
        const stored = await redis.client.get(keyOf(key));
        return stored === null ? undefined : read(JSON.parse(stored) as JsonValue);
      }),
    async set(key, value) {
      await attempt(() => redis.client.set(keyOf(key), JSON.stringify(value), 'EX', ttlSeconds));
    },
    async delete(key) {
      await attempt(() => redis.client.unlink(keyOf(key)));
    },
  };
}
