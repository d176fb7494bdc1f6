import { setTimeout as delay } from 'node:timers/promises';
import type { AppName } from '@bank/scripts/stack';
import { appsOf, type Bench, type Case } from '#bench.ts';
import { load } from '#load.ts';
import { residentMib } from '#process-use.ts';
import type { Row } from '#row.ts';

const settledMs = 5_000;
const [first, all] = [10_000, 100_000];
const connections = 16;
const atMost = 1.1;

/** A read of each app that signed-in people make all the time. */
const reads: Readonly<Record<AppName, string>> = {
  auth: '/v1/auth/session',
  profile: '/v1/profile',
  mfa: '/v1/mfa/factors',
  device: '/v1/devices',
  admin: '/v1/admin/approvals',
};

/** Whether an app grows with what it has answered. */
export const growth: Case = {
  name: 'growth',
  async run(bench) {
    const rows: Row[] = [];
    for (const app of appsOf(bench)) rows.push(await growthOf(bench, app.name));
    return rows;
  },
};

/**
 * As many tokens as there are first requests, then the same again and again: what an app remembers of them it has when the
 * first figure is taken, and whatever it grows by later it grew by for nothing.
 */
async function growthOf({ stack, mint, people, report }: Bench, name: AppName): Promise<Row> {
  const app = stack.apps[name];
  const path = reads[name];
  const tokens = name === 'admin' ? mint.mintStaff(first) : mint.mint(people, first);
  let turn = 0;
  // What the gateway says, without which an app takes no token of staff.
  const listener = { 'x-bank-listener': name === 'admin' ? 'staff' : 'public' };
  const next = () => {
    const headers = { ...listener, authorization: `Bearer ${tokens[turn++ % tokens.length]}` };
    return { method: 'GET', path, headers } as const;
  };
  const ask = async (amount: number) => {
    await load({ url: app.url, connections, amount, next });
    await delay(settledMs);
    return residentMib(app.pid());
  };
  report(`asking ${name} ${all.toLocaleString('en-GB')} times`);
  const before = await ask(first);
  const after = await ask(all - first);
  return {
    case: 'growth',
    what: `${name}: resident after ${all.toLocaleString('en-GB')} × GET ${path}`,
    measured: { value: after, unit: 'MiB' },
    limit: { value: before, unit: 'MiB', what: `after the first ${first.toLocaleString('en-GB')}` },
    figure: after / before,
    must: { atMost },
    notes: [],
  };
}
