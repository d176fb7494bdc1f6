import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { releasePictures } from '#features/kyc/release-replaced.ts';

const who = allow.system('kyc of an erased user');

/**
 * Before a user is erased: their open case expires, since nobody can decide it any more. Of a draft nothing is kept: neither what
 * stands in its documents nor their pictures, which nobody has examined.
 */
export async function endOpenCase(tx: AppTransaction, userId: UserId): Promise<void> {
  await withTransaction(tx, { who, audits: ['kyc.case.expired', 'file.removed'] }, async (inner) => {
    const open = await inner.kycCases.lockOpen(userId);
    if (open === undefined) return;
    const { id: caseId, attempt, status: from } = open;
    const expired = await inner.kycCases.move({ id: caseId, from, to: 'expired', by: 'system', at: inner.clock.now() });
    if (expired === undefined) return;
    await noteMove(inner, expired);
    if (from === 'draft') await releasePictures(inner, userId, await inner.kycDocuments.remove(caseId));
    const details = { caseId, attempt };
    await inner.audit({ action: 'kyc.case.expired', subject: userId, outcome: 'success', reason: 'erasure', details });
  });
}
