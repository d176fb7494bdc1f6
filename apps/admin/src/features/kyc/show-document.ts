import { type Actor, allow, parse } from '@bank/domain';
import type { SeenDocument } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { CaseDocumentParams } from '#features/kyc/schemas.ts';

/**
 * A document of a case as a JPEG, with who looks at it and when across, and with the number and expiry that its user typed;
 * `profile` tells the ledger before it shows it.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.document.not_found,
 * profile.unreadable, service.unavailable
 */
export async function showDocument(ctx: AppContext, actor: Actor, params: unknown): Promise<SeenDocument> {
  allow.permission(actor, 'kyc.read');
  const { id: caseId, documentId } = parse(CaseDocumentParams, params);
  return ctx.owners.kyc.document({ caseId, documentId });
}
