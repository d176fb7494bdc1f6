import { type Actor, type ApprovalAction, allow, approvalActions, parse, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';
import { openApproval } from '#features/approval/open-approval.ts';
import { requireMayRequest } from '#features/approval/policies.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/** What is asked for about a user by nothing but the user's id. */
export type UserAction = Extract<
  ApprovalAction,
  'user.suspend' | 'user.reinstate' | 'user.close' | 'user.reset_factors'
>;

/**
 * Asks for something that takes two people to be done to a user, named by the id unless the payload says more. Gives the id of the
 * approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, service.unavailable
 */
export async function requestUserAction(
  ctx: AppContext,
  actor: Actor,
  action: UserAction | 'user.recover',
  input: { readonly params: unknown; readonly body: unknown },
  payloadOf: (userId: UserId) => Promise<{ readonly userId: UserId }> = async (userId) => ({ userId }),
): Promise<string> {
  allow.permission(actor, approvalActions[action]);
  const maker = requireUser(actor);
  const { id: userId } = parse(UserParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayRequest(maker, { target: { userId, roles } });
  return openApproval(ctx, maker, { action, userId, reason, prepare: () => payloadOf(userId) });
}
