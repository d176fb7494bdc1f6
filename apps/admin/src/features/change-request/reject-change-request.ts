import { type Actor, allow, parse, requireMayActOn, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { carryOut } from '#features/act/carry-out.ts';
import { ChangeRequestParams, Rejection } from '#features/change-request/schemas.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/**
 * Rejects what a user below (SR-72) asked to have changed. A code tells the user why; the words of the reason stay with staff.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, and what `profile` answers
 */
export async function rejectChangeRequest(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<void> {
  const who = allow.permission(actor, 'kyc.decide');
  const { id: userId, requestId: changeRequestId } = parse(ChangeRequestParams, input.params);
  const { reason, rejection } = parse(Rejection, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayActOn(requireUser(actor), { userId, roles });
  await carryOut(ctx, actor, {
    ...{ action: 'profile.reject_change', who, userId, reason },
    perform: (target) => ctx.owners.changeRequests.reject({ ...target, userId, changeRequestId, rejection }),
  });
}
