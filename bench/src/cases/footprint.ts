import { setTimeout as delay } from 'node:timers/promises';
import type { AppHandle, AppName } from '@bank/scripts/stack';
import { median } from '@bank/test-bed';
import { appsOf, type Bench, type Case } from '#bench.ts';
import { residentMib } from '#process-use.ts';
import type { Row } from '#row.ts';

const idleMs = 5_000;
const idleMibMax = 130;
const startSecondsMax = 2;

/** What apps take before they do anything, and how fast they start. */
export const footprint: Case = {
  name: 'footprint',
  async run(bench) {
    const rows: Row[] = [];
    for (const app of appsOf(bench)) rows.push(...(await startAndIdle(bench, app)));
    return rows;
  },
};

/** Each app starts as often as there are rounds, alone; the one that idles is the last of them. */
async function startAndIdle({ options }: Bench, app: AppHandle): Promise<Row[]> {
  const starts: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    await app.stop();
    const startedAt = performance.now();
    await app.start();
    starts.push((performance.now() - startedAt) / 1000);
  }
  await delay(idleMs);
  const seconds = median(starts);
  const mib = residentMib(app.pid());
  return [
    absolute(app.name, 'start to ready, from its bundle', { value: seconds, unit: 's' }, startSecondsMax),
    absolute(app.name, `resident after ${idleMs / 1000} s idle`, { value: mib, unit: 'MiB' }, idleMibMax),
  ];
}

function absolute(app: AppName, what: string, measured: Row['measured'], atMost: number): Row {
  return { case: 'footprint', what: `${app}: ${what}`, measured, figure: measured.value, must: { atMost }, notes: [] };
}
