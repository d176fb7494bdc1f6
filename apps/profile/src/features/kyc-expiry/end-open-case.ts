import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { releasePictures } from '#features/kyc/release-replaced.ts';
import { expireCase } from '#features/kyc-expiry/expire-case.ts';

const who = allow.system('kyc of an erased user');

/**
 * Before a user is erased: their open case expires, since nobody can decide it any more. Of what they never handed in, in that case
 * or in one that was over before, nothing is kept: neither what stands in the documents nor their pictures, which nobody has examined.
 */
export async function endOpenCase(tx: AppTransaction, userId: UserId): Promise<void> {
  await withTransaction(tx, { who, audits: ['kyc.case.expired', 'file.removed'] }, async (inner) => {
    const open = await inner.kycCases.lockOpen(userId);
    if (open !== undefined) await expireCase(inner, open, 'erasure');
    await releasePictures(inner, userId, await inner.kycDocuments.removeUnseen({ userId }));
  });
}
