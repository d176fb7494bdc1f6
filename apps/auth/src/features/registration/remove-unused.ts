import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';

const batch = 500;
const who = allow.system('trimming');
const unaudited = 'nobody has become a user';
/** So long after its end no verification is under way any more that would make somebody a user whose keys are being removed. */
const graceMs = 60_000;

/** A row that ran out, and whether whom it was for has become a user by it. */
interface Removed {
  readonly userId: UserId;
  readonly isUser: boolean;
}

/**
 * Removes what ran out, in batches and in one replica at a time; how many. Where nobody became a user the data keys go with it, so
 * that backups forget the address too.
 */
export async function removeUnused(
  ctx: AppContext,
  table: string,
  remove: (tx: AppTransaction, endedBefore: Date, limit: number) => Promise<readonly Removed[]>,
): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await withTransaction(ctx, { who, unaudited }, async (tx) => {
      if (!(await tx.tryTakeJob(`trim ${table}`))) return 0;
      const rows = await remove(tx, new Date(tx.clock.now().getTime() - graceMs), batch);
      const nobody = rows.filter(({ isUser }) => !isUser);
      if (nobody.length > 0) await tx.dataKeys.removeOfNobody(nobody.map(({ userId }) => userId));
      return rows.length;
    });
    total += removed;
    if (removed < batch) return total;
  }
}
