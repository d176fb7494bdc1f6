import { type Actor, DomainError, type ErrorCode, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requireBelow } from '#features/standing/require-below.ts';

/**
 * Whether a member of staff may decide what is known of this user, which takes somebody below who is there (SR-72).
 * @throws access.forbidden, service.unavailable, and `missing` where there is no such user
 */
export async function requireMayDecide(
  ctx: AppContext,
  actor: Actor,
  userId: UserId,
  missing: ErrorCode = 'profile.change_request.not_found',
): Promise<void> {
  const target = await requireBelow(ctx, actor, userId);
  if (target === undefined) throw new DomainError(missing, { reason: 'no such user' });
}
