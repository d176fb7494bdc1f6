export { type Cache, type CacheOptions, createCache } from '#cache.ts';
export { connectRedis, type RedisConnection, type RedisConnectionOptions } from '#connection.ts';
export { createRateLimitStore, type RateLimit, type RateLimitResult, type RateLimitStore } from '#rate-limit-store.ts';
export { createReplayStore } from '#replay-store.ts';
export { createRevocationChannel } from '#revocation-channel.ts';
export { createVersionedCache, type VersionedCache, type VersionedCacheOptions } from '#versioned-cache.ts';
