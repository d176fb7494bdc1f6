import { type Actor, allow, approvalActions, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { UserParams } from '#features/act/schemas.ts';
import { openApproval } from '#features/approval/open-approval.ts';
import { requireMayRequest } from '#features/approval/policies.ts';
import { RolesRequest } from '#features/approval/schemas.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

const action = 'user.set_roles';

/**
 * Asks for other roles for a user, in place of all that the user holds. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, service.unavailable
 */
export async function requestRoles(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<string> {
  allow.permission(actor, approvalActions[action]);
  const maker = requireUser(actor);
  const { id: userId } = parse(UserParams, input.params);
  const { roles: granted, reason } = parse(RolesRequest, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayRequest(maker, { target: { userId, roles }, granted });
  return openApproval(ctx, maker, { action, userId, reason, prepare: async () => ({ userId, roles: granted }) });
}
