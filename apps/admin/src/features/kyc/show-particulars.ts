import { type Actor, allow, requireUser } from '@bank/domain';
import type { Particulars } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { askedDocument } from '#features/kyc/asked-document.ts';

/**
 * The number and expiry of a document of a case, as its user typed them; `profile` tells the ledger before it shows them.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.document.not_found,
 * kyc.document.reason_needed, profile.unreadable, service.unavailable
 */
export async function showParticulars(ctx: AppContext, actor: Actor, params: unknown): Promise<Particulars> {
  allow.permission(actor, 'kyc.read');
  return ctx.owners.kyc.particulars(await askedDocument(ctx, requireUser(actor), params));
}
