import { readerOf } from '@bank/database';
import { DomainError, type Role, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * The roles of a user whom staff are about to act on, as the projection knows them. Whoever it does not know yet is asked
 * for in `auth`: a new user can be locked before the news of him has come. @throws user.not_found, service.unavailable
 */
export async function requireKnownUser(ctx: AppContext, userId: UserId): Promise<{ roles: readonly Role[] }> {
  const user = (await readerOf(ctx).users.find(userId)) ?? (await ctx.owners.directory.find(userId));
  if (user === undefined) throw new DomainError('user.not_found');
  return { roles: user.roles };
}
