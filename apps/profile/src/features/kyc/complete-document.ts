import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { completeUpload } from '#features/file/complete-upload.ts';
import { releasePictures } from '#features/kyc/release-replaced.ts';
import { DocumentParams } from '#features/kyc/schemas.ts';
import type { KycDocument } from '#storage/kyc/kyc-document.repository.ts';

/**
 * Takes over a picture that was uploaded: it is looked into and drawn anew, and takes the place of an earlier one of its kind
 * and side. Asking again gives the same answer.
 * @throws auth.token.missing, request.invalid, kyc.document.not_found, kyc.transition.illegal, and what `completeUpload` throws
 */
export async function completeDocument(ctx: AppContext, actor: Actor, params: unknown): Promise<KycDocument> {
  const { userId } = requireUser(actor);
  const { id } = parse(DocumentParams, params);
  const document = await readerOf(ctx).kycDocuments.find(id);
  if (document === undefined || document.userId !== userId) throw new DomainError('kyc.document.not_found');
  if (document.state !== 'begun') return document;

  const at = ctx.clock.now();
  const { fileId } = await completeUpload(ctx, actor, {
    purpose: 'kyc_document',
    reference: { uploadId: document.uploadId },
    attach: (tx, file) => attach(tx, actor, document, { ...file, at }),
  });
  return { ...document, state: 'uploaded', fileId, uploadedAt: at };
}

/** Notes the picture in the transaction in which it appears, while its case is still gathered. @throws kyc.transition.illegal */
async function attach(
  ctx: AppTransaction,
  actor: Actor,
  document: KycDocument,
  { fileId, at }: { readonly fileId: string; readonly at: Date },
): Promise<void> {
  const { id: documentId, caseId, kind, side, userId } = document;
  const who = allow.self(actor, userId);
  await withTransaction(ctx, { who, audits: ['kyc.document.uploaded', 'file.removed'] }, async (tx) => {
    const open = await tx.kycCases.lockOpen(userId);
    const isGathered = open?.id === caseId && (open.status === 'draft' || open.status === 'more_information');
    if (!isGathered) throw new DomainError('kyc.transition.illegal', { reason: 'the case is being looked at' });
    await releasePictures(tx, userId, await tx.kycDocuments.replaceEarlier(document, open.submittedAt));
    await tx.kycDocuments.upload(document, fileId, at);
    await tx.kycCases.goOn(caseId, at);
    const details = { caseId, documentId, kind, side, state: 'uploaded' };
    await tx.audit({ action: 'kyc.document.uploaded', subject: userId, outcome: 'success', details });
  });
}
