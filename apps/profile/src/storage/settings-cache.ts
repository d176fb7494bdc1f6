import { type JsonValue, type UserId, userKey } from '@bank/domain';
import { createVersionedCache, type RedisConnection } from '@bank/redis';
import type { Settings } from '#storage/settings.entity.ts';

/** For how long settings are kept that nobody writes: the longest that an older one is read when what told of a newer was lost. */
export const settingsTtlSeconds = 60;

/** The settings that other services ask for, in Redis. What is not there is read from Postgres. */
export interface SettingsCache {
  get(userId: UserId): Promise<Settings | undefined>;
  /** Keeps what was written or read, unless a newer one is kept. False when it may not have arrived. */
  put(settings: Settings): Promise<boolean>;
}

export function createSettingsCache(redis: RedisConnection): SettingsCache {
  const cache = createVersionedCache<Settings>(redis, {
    namespace: 'settings',
    ttlSeconds: settingsTtlSeconds,
    read: readSettings,
  });
  const keyOf = (userId: UserId) => userKey(userId, 'settings');
  return {
    get: (userId) => cache.get(keyOf(userId)),
    put: (settings) => cache.put(keyOf(settings.userId), settings),
  };
}

function readSettings(stored: JsonValue): Settings | undefined {
  const { updatedAt, ...rest } = stored as Omit<Settings, 'updatedAt'> & { readonly updatedAt: string | null };
  if (typeof rest.version !== 'number') return undefined;
  return { ...rest, updatedAt: updatedAt === null ? null : new Date(updatedAt) };
}
