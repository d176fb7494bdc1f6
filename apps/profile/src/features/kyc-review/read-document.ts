import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, type KycDocumentKind, parse, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { readFile } from '#features/file/read-file.ts';
import { isAtWorkOn } from '#features/kyc-review/policies.ts';
import { CaseDocument } from '#features/kyc-review/schemas.ts';
import { watermark } from '#features/kyc-review/watermark.ts';
import { requireBelow } from '#features/standing/require-below.ts';
import type { KycParticulars } from '#storage/kyc/kyc-document.repository.ts';

/** A picture with who looks at it and when written across, and what its user says that it shows. */
export interface ShownDocument extends KycParticulars {
  readonly kind: KycDocumentKind;
  /** Undefined when only the particulars were asked for. */
  readonly picture: { readonly contentType: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
}

/**
 * A document of a user below (SR-72) for staff, who decide by it: the ledger is told before it is shown, and only once it can be.
 * Who looks at it and when stands across the picture, so that a photograph of the screen says whose it was. Number and expiry are what
 * the user typed: the tier ends by it, so they compare it with what the picture shows. Who asks for these alone opens no picture.
 * Who is not at work on the case says why by a note.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.document.not_found,
 * kyc.document.reason_needed, profile.unreadable, service.overloaded, service.unavailable, and what reading files throws
 */
export async function readDocument(ctx: AppContext, actor: Actor, input: unknown): Promise<ShownDocument> {
  const who = allow.permission(actor, 'kyc.read');
  const { userId: staffId } = requireUser(actor);
  const { caseId, documentId, particularsOnly, noteId } = parse(CaseDocument, input);
  const { userId, kind, side, fileId, number, expiresOn } = await findDocument(ctx, caseId, documentId);
  await requireBelow(ctx, actor, userId);
  if (noteId === undefined) await requireAtWork(ctx, caseId, staffId);
  const picture = particularsOnly ? undefined : await drawPicture(ctx, fileId, staffId);
  await withTransaction(ctx, { who, audits: ['kyc.document.read'] }, async (tx) => {
    const details = { caseId, documentId, kind, side, particularsOnly, ...(noteId && { noteId }) };
    await tx.audit({ action: 'kyc.document.read', subject: userId, outcome: 'success', details });
  });
  return { kind, picture, number, expiresOn };
}

/** A document that the case has, or rests on though an earlier one has it. @throws kyc.document.not_found, profile.unreadable */
async function findDocument(ctx: AppContext, caseId: string, documentId: string) {
  const { kycDocuments } = readerOf(ctx);
  const document = await kycDocuments.findOpened(documentId);
  const fileId = document?.fileId ?? null;
  if (document === undefined || fileId === null) throw new DomainError('kyc.document.not_found');
  if (document.caseId !== caseId && !(await kycDocuments.ofReviews([caseId])).some(({ id }) => id === documentId)) {
    throw new DomainError('kyc.document.not_found');
  }
  return { ...document, fileId };
}

/** @throws kyc.document.reason_needed */
async function requireAtWork(ctx: AppContext, caseId: string, staffId: UserId): Promise<void> {
  const found = await readerOf(ctx).kycCases.find(caseId);
  if (found !== undefined && isAtWorkOn(found, staffId, ctx.clock.now())) return;
  throw new DomainError('kyc.document.reason_needed');
}

/** The picture with who looks at it, now, written across. @throws kyc.document.not_found, service.overloaded, what reading files throws */
async function drawPicture(ctx: AppContext, fileId: string, staffId: string): Promise<ShownDocument['picture']> {
  const { bytes } = await readFile(ctx, fileId).catch((error: unknown): never => {
    const isMissing = error instanceof DomainError && error.code === 'file.not_found';
    throw isMissing ? new DomainError('kyc.document.not_found', { cause: error }) : error;
  });
  const seenBy = [staffId, ctx.clock.now().toISOString()];
  return await ctx.fileServices.drawings.run(() => watermark(bytes, seenBy));
}
