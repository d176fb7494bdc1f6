import { readerOf } from '@bank/database';
import { parse, type UserActor } from '@bank/domain';
import type { CaseDocument } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { CaseDocumentParams } from '#features/kyc/schemas.ts';

/**
 * The document that a path names, and why this member of staff may open it, where they said so less than 15 minutes ago. Whether
 * that is needed `profile` decides. @throws request.invalid
 */
export async function askedDocument(ctx: AppContext, staff: UserActor, params: unknown): Promise<CaseDocument> {
  const { id: caseId, documentId } = parse(CaseDocumentParams, params);
  const said = await readerOf(ctx).unmaskings.findLive({ staffId: staff.userId, userId: caseId }, ctx.clock.now());
  return { caseId, documentId, noteId: said?.noteId };
}
