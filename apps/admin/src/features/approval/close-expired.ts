import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';

const batch = 100;

/**
 * Closes approvals that nobody may execute any more, and tells the ledger of each; how many. One that was being executed
 * when its time ran out is told as such: whether it was done, the ledger knows from its owner.
 */
export async function closeExpired(ctx: AppContext): Promise<number> {
  const who = allow.system('close-expired-approvals');
  let closed = 0;
  for (;;) {
    const some = await withTransaction(ctx, { who, audits: ['admin.approval.expired'] }, async (tx) => {
      if (!(await tx.takeTurn('close expired approvals'))) return 0;
      const expired = await tx.approvals.closeExpired(ctx.clock.now(), batch);
      for (const { id, userId, action, was } of expired) {
        const details = { approvalId: id, action, was };
        await tx.audit({ action: 'admin.approval.expired', subject: userId ?? id, outcome: 'success', details });
      }
      return expired.length;
    });
    closed += some;
    if (some < batch) return closed;
  }
}
