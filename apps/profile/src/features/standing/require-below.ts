import { type Actor, type Person, requireMayActOn, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * To read in full who somebody is, or to decide about it, is to act on them (SR-72): never on oneself, and only on people below.
 * Asked of auth just before, outside of any transaction; whom it does not know, as after an erasure, stands with the customers.
 * Gives who it is, if there is anybody. @throws access.forbidden, service.unavailable
 */
export async function requireBelow(ctx: AppContext, actor: Actor, userId: UserId): Promise<Person | undefined> {
  const target = (await ctx.people.find([userId])).get(userId);
  requireMayActOn(requireUser(actor), target ?? { userId, roles: [] });
  return target;
}
