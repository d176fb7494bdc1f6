import { readerOf } from '@bank/database';
import { readCheckpoint } from '@bank/ledger';
import type { AppContext } from '#context.ts';

/** Tells the metrics how much of the ledger no checkpoint has signed yet, and when the last one was signed. */
export function measureCheckpoints(ctx: AppContext): void {
  const last = async () => {
    const stored = await readerOf(ctx).checkpoints.last();
    return stored && readCheckpoint(stored.jws, ctx.checkpointing.trustedKeys);
  };
  ctx.metrics.read('ledger_unsigned_entries', 'Entries of the ledger after the last signed checkpoint', {
    value: async () => {
      const checkpoint = await last(); // first: an entry more in between is unsigned, never one too few
      const signed = checkpoint?.heads.reduce((sum, { position }) => sum + position, 0) ?? 0;
      return (await readerOf(ctx).checkpoints.countEntries()) - signed;
    },
  });
  ctx.metrics.read('ledger_checkpoint_age_seconds', 'Time since the last checkpoint of the ledger was signed', {
    value: async () => {
      const signedAt = (await last())?.signedAt ?? ctx.clock.now();
      return (ctx.clock.now().getTime() - signedAt.getTime()) / 1000;
    },
  });
}
