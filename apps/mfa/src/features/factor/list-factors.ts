import { readerOf } from '@bank/database';
import { type Actor, allow, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * The confirmed factors of a user who is signing in. None for a decoy id: the answer and its cost are those of any user.
 * @throws access.forbidden, request.invalid
 */
export async function listFactors(
  ctx: AppContext,
  actor: Actor,
  userId: unknown,
): Promise<Omit<ConfirmedFactor, 'label'>[]> {
  allow.service(actor, ['auth']);
  return readerOf(ctx).factors.listConfirmed(parse(UserIdSchema, userId));
}
