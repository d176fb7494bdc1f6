import { Secret, userKey } from '@bank/domain';
import { until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, createRateLimitStore, type RateLimitStore } from '#index.ts';
import { type ConnectedRedis, connectedRedis, silent } from './support/redis.ts';

const limit = { points: 5, windowSeconds: 30 };
let connected: ConnectedRedis;
let store: RateLimitStore;

beforeEach(async () => {
  connected = await connectedRedis();
  store = createRateLimitStore(connected.redis, { logger: silent });
});

afterEach(() => connected.close());

async function allowedOf(tries: number, key: string, of: RateLimitStore = store): Promise<number> {
  const results = await Promise.all(Array.from({ length: tries }, () => of.consume(key, limit)));
  return results.filter((result) => result.allowed).length;
}

describe('a limit', () => {
  it('allows its points in a window and tells what is left and until when', async () => {
    expect(await store.consume('login', limit)).toEqual({ allowed: true, remaining: 4, resetSeconds: 30 });
    expect(await allowedOf(10, 'login')).toBe(4);
    const refused = await store.consume('login', limit);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetSeconds).toBeGreaterThan(0);
    expect(refused.resetSeconds).toBeLessThanOrEqual(30);
  });

  it('opens again when its window has ended', async () => {
    const short = { points: 1, windowSeconds: 1 };
    expect((await store.consume('short', short)).allowed).toBe(true);
    expect((await store.consume('short', short)).allowed).toBe(false);
    await until(async () => (await store.consume('short', short)).allowed, { deadlineMs: 3000 });
  });

  it('is shared by all processes, and races do not get past it', async () => {
    const other = connectRedis({
      url: new Secret(connected.proxy.url),
      keyPrefix: connected.keyPrefix,
      service: 'other',
      logger: silent,
    });
    await until(() => other.isReady());
    const otherStore = createRateLimitStore(other, { logger: silent });
    const counts = await Promise.all([allowedOf(50, 'shared'), allowedOf(50, 'shared', otherStore)]);
    expect(counts[0] + counts[1]).toBe(5);
    await other.close();
  });

  it('takes points back, also those of somebody who was not allowed', async () => {
    await allowedOf(5, 'returned');
    expect((await store.consume('returned', limit)).allowed).toBe(false);
    await store.consume('returned', limit, -1);
    expect((await store.consume('returned', limit)).allowed).toBe(false);
    await store.consume('returned', limit, -2);
    expect(await allowedOf(3, 'returned')).toBe(1);
  });

  it('takes none at a cost of 0, and tells what is left', async () => {
    expect(await store.consume('looked at', limit, 0)).toMatchObject({ allowed: true, remaining: 5 });
    await allowedOf(7, 'looked at');
    expect(await store.consume('looked at', limit, 0)).toMatchObject({ remaining: 0 });
    await store.consume('looked at', limit, -3);
    expect(await allowedOf(3, 'looked at')).toBe(1);
  });

  it('counts each key and each limit by itself', async () => {
    await allowedOf(5, 'a');
    expect((await store.consume('b', limit)).allowed).toBe(true);
    expect((await store.consume('a', { points: 5, windowSeconds: 60 })).allowed).toBe(true);
  });

  it('keeps the hash tag of a user in its key', async () => {
    await store.consume(userKey('u1', 'login'), limit);
    const keys = await connected.redis.client.keys(`${connected.keyPrefix}*`);
    expect(keys).toEqual([`${connected.keyPrefix}limit:30:{u1}:login`]);
  });
});

describe('a limit without Redis (SR-19)', () => {
  it('holds in this process: 200 tries, 5 allowed', async () => {
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    expect(await allowedOf(200, 'login')).toBe(5);
  });

  it('takes points back', async () => {
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    await allowedOf(5, 'login');
    await store.consume('login', limit, -2);
    expect(await allowedOf(5, 'login')).toBe(2);
  });

  it('holds while Redis hangs, and slows nobody for more than a moment', async () => {
    connected.proxy.hang();
    const startedAt = performance.now();
    expect(await allowedOf(200, 'login')).toBe(5);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await until(() => !connected.redis.isReady(), { deadlineMs: 3000 });
    const laterAt = performance.now();
    expect(await allowedOf(200, 'login')).toBe(0);
    expect(performance.now() - laterAt).toBeLessThan(200);
  });

  it('goes on from what Redis had counted', async () => {
    await allowedOf(3, 'login');
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    expect(await allowedOf(200, 'login')).toBe(2);
  });

  it('SR-19 one answer that comes too late gives nobody the whole limit once more', async () => {
    expect(await allowedOf(20, 'login')).toBe(5);
    connected.proxy.hang();
    expect(await allowedOf(20, 'login')).toBe(0);
  });

  it('is one limit again when Redis is back, also when it comes back empty', async () => {
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    expect(await allowedOf(20, 'login')).toBe(5);
    await connected.empty();
    await connected.proxy.restore();
    await until(() => connected.redis.isReady());
    expect(await allowedOf(20, 'login')).toBe(5);
    expect(await allowedOf(20, 'login')).toBe(0);
  });
});
