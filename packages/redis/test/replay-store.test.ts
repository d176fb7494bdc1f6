import { Secret } from '@bank/domain';
import { raceOf, until, winners } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, createReplayStore, type RedisConnection } from '#index.ts';
import { type ConnectedRedis, connectedRedis, silent } from './support/redis.ts';

let connected: ConnectedRedis;
let other: RedisConnection;

beforeEach(async () => {
  connected = await connectedRedis();
  const { keyPrefix, proxy } = connected;
  other = connectRedis({ url: new Secret(proxy.url), keyPrefix, service: 'other', logger: silent });
  await until(() => other.isReady());
});
afterEach(async () => {
  await other.close();
  await connected.close();
});

/** Stores of as many processes. */
function processes() {
  return [connected.redis, other].map((redis) => createReplayStore(redis, { logger: silent }));
}

describe('SR-60 what may be used once', () => {
  it('is refused the second time by every process', async () => {
    const [one, two] = processes();
    expect(await one?.claim('proof', 30)).toBe(true);
    expect(await one?.claim('proof', 30)).toBe(false);
    expect(await two?.claim('proof', 30)).toBe(false);
    expect(await two?.claim('another', 30)).toBe(true);
  });

  it('is kept for its time, and no longer', async () => {
    const [one, two] = processes();
    await one?.claim('short', 1);
    await until(async () => await two?.claim('short', 1), { deadlineMs: 3000 });
    await one?.claim('long', 71);
    expect(await connected.redis.client.ttl('used:long')).toBeGreaterThan(69);
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))(
    'goes to one of 20 over two processes (%i)',
    async (round) => {
      const stores = processes();
      const outcomes = await raceOf(20, async (number) => await stores[number % 2]?.claim(`race-${round}`, 30));
      expect(winners(outcomes).filter((isMine) => isMine)).toHaveLength(1);
    },
  );

  it('is still refused here while Redis is away, and what was used before as well', async () => {
    const [one, two] = processes();
    expect(await one?.claim('before', 30)).toBe(true);
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady() && !other.isReady());
    expect(await one?.claim('before', 30)).toBe(false);
    expect(await one?.claim('meanwhile', 30)).toBe(true);
    expect(await one?.claim('meanwhile', 30)).toBe(false);
    // The price of going on: once a process.
    expect(await two?.claim('meanwhile', 30)).toBe(true);
  });
});
