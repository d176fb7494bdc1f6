import type { AppTransaction } from '#context.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { releasePictures } from '#features/kyc/release-replaced.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';

/** A document that it rests on has run out, nobody went on with it, or its user is erased. */
type ExpiryReason = 'document' | 'idle' | 'erasure';

/**
 * Expires a case that stands where it was seen; everybody and the ledger are told. Of what its user never handed in nothing is
 * kept: neither what stands in the documents nor their pictures, which nobody has examined. One that has moved meanwhile stays.
 */
export async function expireCase(
  tx: AppTransaction,
  { id: caseId, userId, status: from }: Pick<KycCase, 'id' | 'userId' | 'status'>,
  reason: ExpiryReason,
): Promise<void> {
  const at = tx.clock.now();
  const expired = await tx.kycCases.move({ id: caseId, from, to: 'expired', by: 'system', at });
  if (expired === undefined) return;
  await noteMove(tx, expired);
  await releasePictures(tx, userId, await tx.kycDocuments.removeUnseen({ caseId }));
  const details = { caseId, attempt: expired.attempt };
  await tx.audit({ action: 'kyc.case.expired', subject: userId, outcome: 'success', reason, details });
}
