import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';

const batch = 100;
const access = { who: allow.system('close-expired-approvals'), audits: ['admin.approval.expired'] } as const;

/**
 * Closes approvals that nobody may execute any more, and tells the ledger of each; how many. One that was being executed
 * when its time ran out is told as such: whether it was done, the ledger knows from its owner.
 */
export async function closeExpired(ctx: AppContext): Promise<number> {
  let closed = 0;
  for (;;) {
    const some = await withTransaction(ctx, access, async (tx) =>
      (await tx.tryTakeJob('close expired approvals')) ? await closeSome(tx) : 0,
    );
    closed += some;
    if (some < batch) return closed;
  }
}

async function closeSome(tx: AppTransaction): Promise<number> {
  const expired = await tx.approvals.closeExpired(tx.clock.now(), batch);
  for (const { id, userId, action, was } of expired) {
    const details = { approvalId: id, action, was };
    await tx.audit({ action: 'admin.approval.expired', subject: userId ?? id, outcome: 'success', details });
  }
  return expired.length;
}
