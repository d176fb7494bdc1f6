import { createMetrics } from '@bank/observability';
import { until } from '@bank/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClockWatch } from '#clock-watch.ts';
import { testEnvironment } from '#testing/index.ts';
import { type BareApp, bare, bareApp } from './bare-app.ts';

let app: BareApp;

beforeEach(async () => {
  app = await bareApp((await testEnvironment(bare)).env);
});
afterEach(() => app.service.stop());

/** What is said of a machine whose clock is so far off: in its log, and by its figure. */
async function watched(offMs: number) {
  const metrics = createMetrics({ service: 'device' });
  const logger = { error: vi.fn(), info: vi.fn(), warn: vi.fn() };
  const now = vi.fn(() => Date.now() + offMs);
  const watch = createClockWatch({ database: app.ctx.database, logger, metrics, now });
  await watch.start();
  await until(() => now.mock.calls.length > 0);
  await watch.stop();
  const figure = /^clock_offset_seconds(?:\{[^}]*\})? (\S+)$/m.exec(await metrics.text())?.[1];
  return { logger, offsetSeconds: Number(figure) };
}

test.each([
  ['ahead', 300],
  ['behind', -300],
])('a clock that is five minutes %s is told of in the log and as a figure', async (_way, seconds) => {
  const { logger, offsetSeconds } = await watched(seconds * 1000);
  expect(Math.abs(offsetSeconds - seconds)).toBeLessThan(2);
  const line = 'the clock of this process differs from the database by too much';
  expect(logger.error.mock.calls).toEqual([[{ offsetSeconds }, line]]);
  expect(logger.warn).not.toHaveBeenCalled();
});

test('a clock that is a second off is nothing to tell of', async () => {
  const { logger, offsetSeconds } = await watched(1_000);
  expect(offsetSeconds).toBeGreaterThan(0);
  expect(logger.error).not.toHaveBeenCalled();
  expect(logger.info).not.toHaveBeenCalled();
});
