import { type Actor, allow, parse, requireMayActOn, requireUser } from '@bank/domain';
import type { ShownChangeRequest } from '#adapters/profile/change-requests.ts';
import type { AppContext } from '#context.ts';
import { ChangeRequestParams } from '#features/change-request/schemas.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/**
 * One request in full, for who may decide on it, while it waits. `profile`, which shows it, tells the ledger.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found,
 * profile.change_request.not_found, profile.change_request.closed, service.unavailable
 */
export async function showChangeRequest(ctx: AppContext, actor: Actor, params: unknown): Promise<ShownChangeRequest> {
  allow.permission(actor, 'kyc.decide');
  const { id: userId, requestId: changeRequestId } = parse(ChangeRequestParams, params);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayActOn(requireUser(actor), { userId, roles });
  return await ctx.owners.changeRequests.show({ userId, changeRequestId });
}
