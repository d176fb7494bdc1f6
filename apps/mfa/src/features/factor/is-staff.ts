import { type UserId, worksHere } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * Whether somebody is a member of staff at this moment. A token does not tell: one for customers has none of the roles that its user holds as staff.
 * @throws service.unavailable
 */
export async function isStaff(ctx: AppContext, userId: UserId): Promise<boolean> {
  const person = (await ctx.people.find([userId])).get(userId);
  return person !== undefined && worksHere(person.roles);
}
