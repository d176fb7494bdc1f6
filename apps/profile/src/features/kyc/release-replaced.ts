import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';

const yearMs = 365.25 * 86_400_000;
/** For how long a case keeps what its user replaced after it had been looked at: as law asks of what was examined. */
const keptYears = 5;
const batch = 100;
const who = allow.system('kyc documents');
const audits = ['file.removed'] as const;

/** Lets the pictures of these documents go; the housekeeping removes their objects. */
export async function releasePictures(tx: AppTransaction, userId: UserId, fileIds: readonly string[]): Promise<void> {
  for (const fileId of await tx.files.remove(fileIds, tx.clock.now())) {
    const details = { fileId, purpose: 'kyc_document' };
    await tx.audit({ action: 'file.removed', subject: userId, outcome: 'success', details });
  }
}

/**
 * Lets go what was replaced after it had been handed in, once its case has been closed for five years: until then it shows what was
 * examined. Gives how many there were.
 */
export async function releaseReplaced(ctx: AppContext): Promise<number> {
  const closedBefore = new Date(ctx.clock.now().getTime() - keptYears * yearMs);
  for (let total = 0; ; ) {
    const taken = await withTransaction(ctx, { who, audits }, async (tx) => {
      const replaced = await tx.kycDocuments.takeReplaced(closedBefore, batch);
      for (const { userId, fileId } of replaced) await releasePictures(tx, userId, [fileId]);
      return replaced.length;
    });
    total += taken;
    if (taken < batch) return total;
  }
}
