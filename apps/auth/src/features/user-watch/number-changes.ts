import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';

const batch = 1000;

/** Gives numbers to all changes that are committed. Whoever does it, and however often: one at a time, and each change once. */
export async function numberChanges(ctx: AppContext): Promise<void> {
  const who = allow.system('user changes');
  const unaudited = 'numbers what was told to the ledger when it was done';
  let numbered: number;
  do {
    numbered = await withTransaction(ctx, { who, unaudited }, async (tx) => {
      await tx.userChanges.holdCounter();
      return tx.userChanges.number(batch);
    });
  } while (numbered === batch);
}
