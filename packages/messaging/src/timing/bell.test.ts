import { expect, test } from 'vitest';
import { createBell } from '#timing/bell.ts';

async function elapsedMs(work: Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

test('a ring ends the wait', async () => {
  const bell = createBell();
  const waited = elapsedMs(bell.wait(10_000));
  bell.ring();
  expect(await waited).toBeLessThan(1000);
});

test('a ring that came before the wait is remembered once', async () => {
  const bell = createBell();
  bell.ring();
  bell.ring();
  expect(await elapsedMs(bell.wait(10_000))).toBeLessThan(1000);
  expect(await elapsedMs(bell.wait(30))).toBeGreaterThan(25);
});
