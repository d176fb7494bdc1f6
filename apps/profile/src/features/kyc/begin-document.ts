import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, decideKycTransition, type KycStatus, parse, requireUser } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { type BegunUpload, noteUpload, prepareUpload } from '#features/file/begin-upload.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { dayOf } from '#features/kyc/policies.ts';
import { DocumentRequest, problemOf } from '#features/kyc/schemas.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';

/** Statuses in which documents are gathered. */
const gathering: readonly KycStatus[] = ['draft', 'more_information'];

/**
 * Takes what stands in a document, sealed, and says where its picture goes. The first one begins a case; while a case is
 * being looked at there is nothing to add, and nothing is begun.
 * @throws auth.token.missing, request.invalid, user.not_found, kyc.transition.illegal, and what `prepareUpload` and `noteUpload` throw
 */
export async function beginDocument(
  ctx: AppContext,
  actor: Actor,
  input: unknown,
): Promise<{ documentId: string; begun: BegunUpload }> {
  const { userId } = requireUser(actor);
  const request = parse(DocumentRequest, input);
  const problem = problemOf(request, dayOf(ctx.clock.now()));
  if (problem !== null) throw new DomainError('request.invalid', { details: { errors: [problem] } });

  const { contentType, sizeBytes, sha256, ...document } = request;
  const file = { contentType, sizeBytes, sha256 };
  const prepared = await prepareUpload(ctx, actor, { purpose: 'kyc_document', file });
  const documentId = ctx.ids.next();
  const who = allow.self(actor, userId);
  await withTransaction(ctx, { who, audits: ['kyc.case.begun', 'kyc.document.uploaded'] }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('user.not_found', { reason: 'erased' });
    const { kind, side, country, number = null, expiresOn = null } = document;
    const { id: caseId } = await gatheringCase(tx, userId);
    await noteUpload(tx, prepared);
    const place = { id: documentId, caseId, userId, uploadId: prepared.row.id };
    await tx.kycDocuments.begin({ ...place, kind, side, country, number, expiresOn, at: tx.clock.now() });
    const details = { caseId, documentId, kind, side, state: 'begun' };
    await tx.audit({ action: 'kyc.document.uploaded', subject: userId, outcome: 'success', details });
  });
  return { documentId, begun: prepared.begun };
}

/** The user's open case, begun when there is none. @throws kyc.transition.illegal when it is being looked at */
async function gatheringCase(tx: AppTransaction, userId: KycCase['userId']): Promise<KycCase> {
  const at = tx.clock.now();
  const isNew = await tx.kycCases.begin({ id: tx.ids.next(), userId, tier: 1, at });
  const open = await tx.kycCases.lockOpen(userId);
  if (open === undefined || !gathering.includes(open.status)) {
    throw new DomainError('kyc.transition.illegal', { reason: 'documents for a case that is being looked at' });
  }
  if (!isNew) {
    await tx.kycCases.goOn(open.id, at);
    return open;
  }
  decideKycTransition('none', 'draft', 'user');
  await tx.audit({ action: 'kyc.case.begun', subject: userId, outcome: 'success', details: { caseId: open.id } });
  await noteMove(tx, open);
  return open;
}
