import { readerOf } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { FindRecoverySchema } from '#features/recovery/schemas.ts';

/**
 * The recovery of a user that waits for staff: what they ask to approve is good for it alone (SR-39).
 * @throws access.forbidden, auth.step_up.required, request.invalid, recovery.not_found
 */
export async function findRecovery(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<{ recoveryId: string }> {
  allow.permission(caller.actor, 'users.reset_mfa');
  const { userId } = parse(FindRecoverySchema, input);
  const found = await readerOf(ctx).recoveries.findInReview(userId, ctx.clock.now());
  if (found === undefined) throw new DomainError('recovery.not_found');
  return { recoveryId: found.id };
}
