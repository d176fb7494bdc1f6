import { until } from '@bank/testing';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type TestEnvironment, testEnvironment } from '#testing/index.ts';
import { type BareApp, bare, bareApp } from './bare-app.ts';

let environment: TestEnvironment;
let app: BareApp | undefined;

beforeAll(async () => {
  environment = await testEnvironment(bare);
});
afterEach(() => app?.service.stop());

/** When each chore was last done, in Unix time, as Prometheus reads it. */
async function lastDone({ ctx }: BareApp): Promise<Record<string, number>> {
  const lines = (await ctx.metrics.text()).matchAll(/^housekeeping_last_done_seconds\{chore="([^"]+)".*\} (\S+)$/gm);
  return Object.fromEntries([...lines].map(([, chore = '', value]) => [chore, Number(value)]));
}

describe('the age of a chore', () => {
  test('is no shorter for a start: what has failed each time was never done', async () => {
    const before = Date.now() / 1000;
    const broken = { name: 'broken', run: () => Promise.reject(new Error('no')) };
    app = await bareApp(environment.env, { chores: [broken] });
    const atFirst = await lastDone(app);
    expect(atFirst).toMatchObject({ partitions: 0, broken: 0 });
    await app.service.start();
    const { ctx } = app;
    await until(async () =>
      (await ctx.metrics.text()).includes('housekeeping_runs_total{chore="broken",outcome="failed"'),
    );
    const afterwards = await lastDone(app);
    expect(afterwards['broken']).toBe(0);
    expect(afterwards['partitions']).toBeGreaterThanOrEqual(before);
  });
});
