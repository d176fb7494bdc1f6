import { readerOf } from '@bank/database';
import type { Role } from '@bank/domain';
import type { Page } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import type { UserSearch } from '#features/user/schemas.ts';

/** Who bears a name, as the projection knows them; the name masked. */
export interface NamedUser {
  readonly userId: string;
  readonly status: string;
  readonly roles: readonly Role[];
  readonly name: string | null;
}

/**
 * Users by words of their names, and their dates of birth with them, asked of `profile`, which decides, counts and tells the ledger. A page
 * may be shorter than asked for, and another follow. @throws request.invalid, request.rate_limited, service.unavailable, what else
 * `profile` answers
 */
export async function searchByName(
  ctx: AppContext,
  { name, dateOfBirth, limit, cursor }: UserSearch,
  context: string,
): Promise<Page<NamedUser>> {
  const from = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, context)['profile']);
  const { found, next } = await ctx.owners.profiles.search({ name, dateOfBirth, limit, cursor: from });
  const users = await readerOf(ctx).users.findMany(found.map(({ userId }) => userId));
  const known = new Map(users.map((user) => [user.userId as string, user]));
  return {
    items: found.map(({ userId, maskedName }) => {
      const { status = 'unknown', roles = [] } = known.get(userId) ?? {};
      return { userId, status, roles, name: maskedName };
    }),
    nextCursor: next === undefined ? null : ctx.cursors.encode({ profile: next }, context),
  };
}
