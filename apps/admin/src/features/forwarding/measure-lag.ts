import { readerOf } from '@bank/database';
import { shardCount } from '@bank/ledger';
import type { AppContext } from '#context.ts';

interface Lag {
  readonly entries: number;
  readonly seconds: number;
}

const noLag: Lag = { entries: 0, seconds: 0 };
/** All series of a scrape are read by one query. */
const freshMs = 500;

/** Tells the metrics how far the receiver lies behind, in entries and in seconds, shard by shard. */
export function measureLag(ctx: AppContext): void {
  let read: { readonly at: number; readonly lags: Promise<ReadonlyMap<number, Lag>> } | undefined;

  async function lagOf(shard: number): Promise<Lag> {
    const now = performance.now();
    if (read === undefined || now - read.at > freshMs) read = { at: now, lags: readLags(ctx) };
    return (await read.lags).get(shard) ?? noLag;
  }

  for (let shard = 0; shard < shardCount; shard += 1) {
    const labels = { shard: String(shard) };
    ctx.metrics.read('ledger_forwarding_lag_entries', 'Entries that the Audit service does not have yet', {
      labels,
      value: async () => (await lagOf(shard)).entries,
    });
    ctx.metrics.read('ledger_forwarding_lag_seconds', 'For how long the oldest of them has been recorded', {
      labels,
      value: async () => (await lagOf(shard)).seconds,
    });
  }
}

async function readLags(ctx: AppContext): Promise<ReadonlyMap<number, Lag>> {
  const now = ctx.clock.now().getTime();
  const rows = await readerOf(ctx).forwarding.lag();
  return new Map(
    rows.map(({ shard, entries, oldestAt }) => {
      const seconds = oldestAt === null ? 0 : Math.max(0, (now - oldestAt.getTime()) / 1000);
      return [shard, { entries, seconds }];
    }),
  );
}
