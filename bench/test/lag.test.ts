import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { p99LagAtPace } from '#lag.ts';

function effectsAfter(ms: number) {
  const writtenAt = new Map<string, number>();
  let last = 0;
  return {
    newId: () => String(last++),
    write: async (id: string) => {
      await delay(1);
      writtenAt.set(id, performance.now());
    },
    effects: {
      among: async (ids: readonly string[]) =>
        ids.filter((id) => performance.now() - (writtenAt.get(id) ?? Number.POSITIVE_INFINITY) >= ms),
    },
  };
}

test('a lag is the time until the effect is seen by somebody else', async () => {
  const lag = await p99LagAtPace({ perSecond: 200, count: 20, ...effectsAfter(60) });
  expect(lag).toBeGreaterThan(60);
  expect(lag).toBeLessThan(1000);
});

test('events are written at their pace, not as the ones before have had their effect', async () => {
  const startedAt = performance.now();
  await p99LagAtPace({ perSecond: 100, count: 30, ...effectsAfter(200) });
  expect(performance.now() - startedAt).toBeGreaterThan(290);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test('an effect that does not come is an error and no figure', async () => {
  const never = { ...effectsAfter(Number.POSITIVE_INFINITY), lastWithinMs: 50 };
  await expect(p99LagAtPace({ perSecond: 500, count: 3, ...never })).rejects.toThrow('3 of 3 events had no effect');
});

test('an event that cannot be written ends the measurement at once', async () => {
  const { effects, newId } = effectsAfter(60);
  const write = () => Promise.reject(new Error('the database is away'));
  const startedAt = performance.now();
  await expect(p99LagAtPace({ perSecond: 10, count: 100, effects, newId, write })).rejects.toThrow('is away');
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test('a measurement that cannot go on or look ends', async () => {
  const working = { perSecond: 100, count: 100, ...effectsAfter(60) };
  const broken = () => {
    throw new Error('no more of them');
  };
  await expect(p99LagAtPace({ ...working, newId: broken })).rejects.toThrow('no more of them');
  const among = () => Promise.reject(new Error('nobody looks'));
  await expect(p99LagAtPace({ ...working, effects: { among } })).rejects.toThrow('nobody looks');
});
