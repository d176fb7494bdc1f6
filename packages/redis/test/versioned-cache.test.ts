import { userKey } from '@bank/domain';
import { raceOf, until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVersionedCache, type VersionedCache } from '#index.ts';
import { type ConnectedRedis, connectedRedis } from './support/redis.ts';

interface Choice {
  readonly version: number;
  readonly name: string;
}

let connected: ConnectedRedis;
let cache: VersionedCache<Choice>;
const key = userKey('u1', 'choice');

function readChoice(stored: unknown): Choice | undefined {
  const { version, name } = stored as Partial<Choice>;
  return typeof version === 'number' && typeof name === 'string' ? { version, name } : undefined;
}

beforeEach(async () => {
  connected = await connectedRedis();
  cache = createVersionedCache(connected.redis, { namespace: 'choices', ttlSeconds: 1, read: readChoice });
});

afterEach(() => connected.close());

describe('a versioned cache', () => {
  it('gives back what was put, until its time is over', async () => {
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.put(key, { version: 1, name: 'Ada' })).toBe(true);
    expect(await cache.get(key)).toEqual({ version: 1, name: 'Ada' });
    await until(async () => (await cache.get(key)) === undefined, { deadlineMs: 3000 });
  });

  it('never lets an older value take the place of a newer', async () => {
    await cache.put(key, { version: 10, name: 'Grace' });
    expect(await cache.put(key, { version: 9, name: 'Ada' })).toBe(true);
    expect(await cache.get(key)).toEqual({ version: 10, name: 'Grace' });
    await cache.put(key, { version: 11, name: 'Ada' });
    expect(await cache.get(key)).toEqual({ version: 11, name: 'Ada' });
  });

  it('keeps the newest of many that are put at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const races = userKey(`r${round}`, 'choice');
      await raceOf(12, (number) => cache.put(races, { version: (number * 7) % 12, name: 'x' }));
      expect(await cache.get(races)).toEqual({ version: 11, name: 'x' });
    }
  });

  it('misses what another release wrote in another shape', async () => {
    await connected.redis.client.hset(`cache:choices:${key}`, 'version', 1, 'value', '{"fullName":"Ada"}');
    expect(await cache.get(key)).toBeUndefined();
    await connected.redis.client.hset(`cache:choices:${key}`, 'value', '{broken');
    expect(await cache.get(key)).toBeUndefined();
  });

  it('misses, says what it did not keep, and fails nobody, while Redis is away or hangs', async () => {
    connected.proxy.hang();
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.put(key, { version: 1, name: 'Ada' })).toBe(false);
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.put(key, { version: 1, name: 'Ada' })).toBe(false);
  });
});
