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
      return (await readerOf(ctx).checkpoints.countEntries()).entries - signed;
    },
  });
  ctx.metrics.read('ledger_checkpoint_age_seconds', 'Time since the last checkpoint of the ledger was signed', {
    value: async () => {
      const signedAt = (await last())?.signedAt;
      if (signedAt === undefined) return 0;
      const { at } = await readerOf(ctx).checkpoints.countEntries();
      // One of a time that has not come is as far from now as it says: below zero it would never be too old.
      return Math.abs(at.getTime() - signedAt.getTime()) / 1000;
    },
  });
}
