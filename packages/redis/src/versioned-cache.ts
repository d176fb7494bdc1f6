import type { JsonValue } from '@bank/domain';
import type { RedisConnection } from '#connection.ts';

export interface VersionedCacheOptions<T> {
  /** Goes before each key: two caches never meet. */
  readonly namespace: string;
  readonly ttlSeconds: number;
  /** Makes the value out of what was stored; undefined (or a throw) for what an older release wrote differently. */
  readonly read: (stored: JsonValue) => T | undefined;
}

/** Never the only copy of anything. Whoever writes the original puts it here as well, and so does whoever has read it. */
export interface VersionedCache<T> {
  /** Undefined for what is not there, and while Redis is away. */
  get(key: string): Promise<T | undefined>;
  /**
   * Keeps the value unless a newer one is kept: a reader that was overtaken by a writer changes nothing. False when it may
   * not have arrived, so that an older one may be read until its time is over.
   */
  put(key: string, value: T): Promise<boolean>;
}

// In one step, so that between comparing and keeping nobody else keeps another.
const putScript = `
local kept = redis.call('hget', KEYS[1], 'version')
if kept and tonumber(kept) > tonumber(ARGV[1]) then return 0 end
redis.call('hset', KEYS[1], 'version', ARGV[1], 'value', ARGV[2])
redis.call('expire', KEYS[1], ARGV[3])
return 1`;

/** A cache of JSON values that carry a version, with one time to live. While Redis is away everything misses. */
export function createVersionedCache<T extends { readonly version: number }>(
  redis: RedisConnection,
  { namespace, ttlSeconds, read }: VersionedCacheOptions<T>,
): VersionedCache<T> {
  const keyOf = (key: string) => `cache:${namespace}:${key}`;
  const passedOver = (err: unknown) => redis.logger.debug({ err, component: namespace }, 'the cache was passed over');
  return {
    async get(key) {
      try {
        const stored = await redis.client.hget(keyOf(key), 'value');
        return stored === null ? undefined : read(JSON.parse(stored) as JsonValue);
      } catch (error) {
        passedOver(error);
        return undefined;
      }
    },
    async put(key, value) {
      try {
        await redis.client.eval(putScript, 1, keyOf(key), value.version, JSON.stringify(value), ttlSeconds);
        return true;
      } catch (error) {
        passedOver(error);
        return false;
      }
    },
  };
}
