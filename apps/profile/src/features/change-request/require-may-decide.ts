import { type Actor, DomainError, requireMayActOn, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * To decide what is known of somebody is to act on him (SR-72): never on oneself, and only on people below. Asked of auth just
 * before, outside of any transaction. @throws access.forbidden, profile.change_request.not_found, service.unavailable
 */
export async function requireMayDecide(ctx: AppContext, actor: Actor, userId: UserId): Promise<void> {
  const target = (await ctx.people.find([userId])).get(userId);
  if (target === undefined) throw new DomainError('profile.change_request.not_found', { reason: 'no such user' });
  requireMayActOn(requireUser(actor), target);
}
