import { type Actor, DomainError, type ErrorCode, requireMayActOn, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * To decide what is known of somebody is to act on him (SR-72): never on oneself, and only on people below. Asked of auth just
 * before, outside of any transaction. @throws access.forbidden, service.unavailable, and `missing` where there is no such user
 */
export async function requireMayDecide(
  ctx: AppContext,
  actor: Actor,
  userId: UserId,
  missing: ErrorCode = 'profile.change_request.not_found',
): Promise<void> {
  const target = (await ctx.people.find([userId])).get(userId);
  if (target === undefined) throw new DomainError(missing, { reason: 'no such user' });
  requireMayActOn(requireUser(actor), target);
}
