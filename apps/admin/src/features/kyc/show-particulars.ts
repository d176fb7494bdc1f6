import { type Actor, allow, parse } from '@bank/domain';
import type { Particulars } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { CaseDocumentParams } from '#features/kyc/schemas.ts';

/**
 * The number and expiry of a document of a case, as its user typed them; `profile` tells the ledger before it shows them.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.document.not_found,
 * profile.unreadable, service.unavailable
 */
export async function showParticulars(ctx: AppContext, actor: Actor, params: unknown): Promise<Particulars> {
  allow.permission(actor, 'kyc.read');
  const { id: caseId, documentId } = parse(CaseDocumentParams, params);
  return ctx.owners.kyc.particulars({ caseId, documentId });
}
