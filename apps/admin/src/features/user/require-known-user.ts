import { readerOf } from '@bank/database';
import { DomainError, type Role, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * The roles of a user whom staff are about to act on, as the projection knows them; undefined when nobody knows the user. Whose
 * roles it has not heard yet is asked for in `auth`: a new user can be locked before the news of them has come, and that news
 * overtakes the one of their roles. @throws service.unavailable
 */
export async function findKnownUser(ctx: AppContext, userId: UserId): Promise<{ roles: readonly Role[] } | undefined> {
  const projected = await readerOf(ctx).users.find(userId);
  // Everybody holds a role: none at all is that none was told (SR-72).
  const isKnown = projected !== undefined && projected.roles.length > 0;
  return isKnown ? projected : await ctx.owners.directory.find(userId);
}

/** The same of a user who must be there. @throws user.not_found, service.unavailable */
export async function requireKnownUser(ctx: AppContext, userId: UserId): Promise<{ roles: readonly Role[] }> {
  const user = await findKnownUser(ctx, userId);
  if (user === undefined) throw new DomainError('user.not_found');
  return { roles: user.roles };
}
