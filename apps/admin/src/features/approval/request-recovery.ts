import { type Actor, allow, approvalActions, parse, requireUser, Uuidv7Schema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';
import { openApproval } from '#features/approval/open-approval.ts';
import { requireMayRequest } from '#features/approval/policies.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

const action = 'user.recover';

/**
 * Asks for the recovery of a user who has no recovery code, once it is known again who he is. It is good for the recovery alone
 * that waits at this moment. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, recovery.not_found,
 * service.unavailable
 */
export async function requestRecovery(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<string> {
  allow.permission(actor, approvalActions[action]);
  const maker = requireUser(actor);
  const { id: userId } = parse(UserParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayRequest(maker, { target: { userId, roles } });
  return openApproval(ctx, maker, {
    action,
    userId,
    reason,
    prepare: async () => ({ userId, recoveryId: parse(Uuidv7Schema, await ctx.owners.recoveries.waiting(userId)) }),
  });
}
