import { userKey } from '@bank/domain';
import { until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cache, createCache } from '#index.ts';
import { type ConnectedRedis, connectedRedis } from './support/redis.ts';

let connected: ConnectedRedis;
let cache: Cache<{ name: string }>;
const key = userKey('u1', 'profile');

function readProfile(stored: unknown): { name: string } | undefined {
  const name = (stored as { name?: unknown }).name;
  return typeof name === 'string' ? { name } : undefined;
}

beforeEach(async () => {
  connected = await connectedRedis();
  cache = createCache(connected.redis, { namespace: 'profiles', ttlSeconds: 1, read: readProfile });
});

afterEach(() => connected.close());

describe('a cache', () => {
  it('gives back what was set, until it is deleted', async () => {
    expect(await cache.get(key)).toBeUndefined();
    await cache.set(key, { name: 'Ada' });
    expect(await cache.get(key)).toEqual({ name: 'Ada' });
    await cache.delete(key);
    expect(await cache.get(key)).toBeUndefined();
  });

  it('forgets when the time is over', async () => {
    await cache.set(key, { name: 'Ada' });
    await until(async () => (await cache.get(key)) === undefined, { deadlineMs: 3000 });
  });

  it('misses what another release wrote in another shape', async () => {
    await connected.redis.client.set(`cache:profiles:${key}`, '{"fullName":"Ada"}');
    expect(await cache.get(key)).toBeUndefined();
    await connected.redis.client.set(`cache:profiles:${key}`, '{broken');
    expect(await cache.get(key)).toBeUndefined();
  });

  it('shares nothing with a cache of another name', async () => {
    const other = createCache(connected.redis, { namespace: 'settings', ttlSeconds: 60, read: readProfile });
    await other.set(key, { name: 'Ada' });
    expect(await cache.get(key)).toBeUndefined();
  });

  it('misses, and fails nobody, while Redis is away or hangs', async () => {
    connected.proxy.hang();
    expect(await cache.get(key)).toBeUndefined();
    await cache.set(key, { name: 'Ada' });
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    expect(await cache.get(key)).toBeUndefined();
    await cache.set(key, { name: 'Ada' });
    await cache.delete(key);
  });
});
