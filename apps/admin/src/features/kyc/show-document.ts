import { type Actor, allow, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { askedDocument } from '#features/kyc/asked-document.ts';

/**
 * A document of a case as a JPEG, with who looks at it and when across; `profile` tells the ledger before it shows it.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.document.not_found,
 * kyc.document.reason_needed, profile.unreadable, service.overloaded, service.unavailable
 */
export async function showDocument(ctx: AppContext, actor: Actor, params: unknown): Promise<Uint8Array<ArrayBuffer>> {
  allow.permission(actor, 'kyc.read');
  return ctx.owners.kyc.picture(await askedDocument(ctx, requireUser(actor), params));
}
