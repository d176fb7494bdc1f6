import { type Actor, parse, Uuidv7Schema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requestUserAction } from '#features/approval/request-user-action.ts';

/**
 * Asks for the recovery of a user who has no recovery code, once it is known again who the user is. It is good only for the
 * recovery that waits at this moment. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, recovery.not_found,
 * service.unavailable
 */
export async function requestRecovery(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<string> {
  return requestUserAction(ctx, actor, 'user.recover', input, async (userId) => {
    return { userId, recoveryId: parse(Uuidv7Schema, await ctx.owners.recoveries.waiting(userId)) };
  });
}
