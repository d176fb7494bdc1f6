import { setTimeout as delay } from 'node:timers/promises';
import type { AppHandle, AppName } from '@bank/scripts/stack';
import { median } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import { load } from '#load.ts';
import { residentMib } from '#process-use.ts';
import type { Row } from '#row.ts';

const idleMs = 5_000;
const idleMibMax = 130;
const startSecondsMax = 2;
const [first, all] = [10_000, 100_000];
const connections = 16;

/** What apps take before they do anything, how fast they start, and whether auth grows with what it has answered. */
export const footprint: Case = {
  name: 'footprint',
  async run(bench) {
    const rows: Row[] = [];
    for (const app of Object.values(bench.stack.apps)) rows.push(...(await startAndIdle(bench, app)));
    return [...rows, await growth(bench)];
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

async function growth({ stack, mint, people }: Bench): Promise<Row> {
  const { auth } = stack.apps;
  const ask = async (amount: number) => {
    const tokens = mint.mint(people, amount);
    let turn = 0;
    const next = () => {
      const headers = { authorization: `Bearer ${tokens[turn++ % tokens.length]}` };
      return { method: 'GET', path: '/v1/auth/session', headers } as const;
    };
    await load({ url: auth.url, connections, amount, next });
    await delay(idleMs);
    return residentMib(auth.pid());
  };
  const before = await ask(first);
  const after = await ask(all - first);
  return {
    case: 'footprint',
    what: `auth: resident after ${all.toLocaleString('en-GB')} requests`,
    measured: { value: after, unit: 'MiB' },
    limit: { value: before, unit: 'MiB', what: `after the first ${first.toLocaleString('en-GB')}` },
    figure: after / before,
    must: { atMost: 1.1 },
    notes: ['each request with another token, of which 50,000 are remembered: some of the growth is that memory'],
  };
}
