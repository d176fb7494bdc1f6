import { readerOf } from '@bank/database';
import { type Actor, allow, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { askable } from '#features/factor/policies.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * The confirmed factors that a user who is signing in is asked for. None for a decoy id: the answer and its cost are those of any user.
 * @throws access.forbidden, request.invalid
 */
export async function listFactors(
  ctx: AppContext,
  actor: Actor,
  userId: unknown,
): Promise<readonly Omit<ConfirmedFactor, 'label'>[]> {
  allow.service(actor, ['auth']);
  return askable(await readerOf(ctx).factors.listConfirmed(parse(UserIdSchema, userId)), 'sign_in');
}
