import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, type Role, requireUser, type UserId } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { UserSearch } from '#features/user/schemas.ts';
import { searchByName } from '#features/user/search-by-name.ts';

/** A user whom staff found. The flags are null where `auth` did not say, the masked name where it was not looked for. */
export interface FoundUser {
  readonly userId: string;
  readonly status: string;
  readonly roles: readonly Role[];
  readonly emailVerified: boolean | null;
  readonly phoneVerified: boolean | null;
  readonly name: string | null;
}

const criteria = ['email', 'phone', 'userId', 'status', 'name', 'dateOfBirth'] as const;
const nobody: Page<FoundUser> = { items: [], nextCursor: null };

/**
 * Finds users for staff by exactly one thing: an address (asked of `auth`), an id or a status (from the projection),
 * name and date of birth (asked of `profile`). The search is recorded, without what was looked for, and nothing is shown if it
 * cannot be.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, request.rate_limited, service.unavailable
 */
export async function searchUsers(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<FoundUser>> {
  const who = allow.permission(actor, 'users.search');
  const { userId: staffId } = requireUser(actor);
  const search = parse(UserSearch, input);
  const found = await find(ctx, search, `users:${staffId}:${search.status}`);
  const by = criteria.find((name) => search[name] !== undefined) ?? 'status';
  const [only, ...others] = found.items;
  const subject = only !== undefined && others.length === 0 ? only.userId : (search.userId ?? staffId);

  await withTransaction(ctx, { who, audits: ['admin.users.searched'] }, async (tx) => {
    const details = { by, found: found.items.length, ...(search.status !== undefined && { status: search.status }) };
    await tx.audit({ action: 'admin.users.searched', subject, outcome: 'success', details });
  });
  return found;
}

async function find(ctx: AppContext, search: UserSearch, context: string) {
  const { email, phone, userId, status, limit } = search;
  if (email !== undefined) return only(await ctx.owners.directory.lookUp({ email }));
  if (phone !== undefined) return only(await ctx.owners.directory.lookUp({ phone }));
  if (userId !== undefined) return withFlags(ctx, await findById(ctx, userId));
  if (status === undefined) return withFlags(ctx, await searchByName(ctx, search, context));
  const before = search.cursor === undefined ? undefined : String(ctx.cursors.decode(search.cursor, context)['id']);
  const rows = await readerOf(ctx).users.ofStatus(status, { before, limit: limit + 1 });
  const page = pageOf(rows, limit, (last) => ctx.cursors.encode({ id: last.userId }, context));
  return withFlags(ctx, { ...page, items: page.items.map((user) => ({ ...user, name: null })) });
}

async function findById(ctx: AppContext, userId: UserId): Promise<Page<Projected>> {
  const user = await readerOf(ctx).users.find(userId);
  return { items: user === undefined ? [] : [{ ...user, name: null }], nextCursor: null };
}

function only(user: Omit<FoundUser, 'name'> | undefined): Page<FoundUser> {
  if (user === undefined) return nobody;
  const { userId, status, roles, emailVerified, phoneVerified } = user;
  return { items: [{ userId, status, roles, emailVerified, phoneVerified, name: null }], nextCursor: null };
}

type Projected = Pick<FoundUser, 'userId' | 'status' | 'roles' | 'name'>;

/** Adds what the projection does not know. Staff must find whom they look for even while `auth` is away. */
async function withFlags(ctx: AppContext, page: Page<Projected>): Promise<Page<FoundUser>> {
  const known = await flagsOf(
    ctx,
    page.items.map(({ userId }) => userId),
  );
  const items = page.items.map((user) => {
    const { emailVerified = null, phoneVerified = null } = known.get(user.userId) ?? {};
    return { ...user, emailVerified, phoneVerified };
  });
  return { ...page, items };
}

async function flagsOf(ctx: AppContext, userIds: readonly string[]) {
  if (userIds.length === 0) return new Map<string, { emailVerified: boolean; phoneVerified: boolean }>();
  try {
    const users = await ctx.owners.directory.findMany(userIds);
    return new Map(users.map(({ userId, ...flags }) => [userId, flags]));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    ctx.logger.warn({ err: error, dependency: 'auth' }, 'users are listed without their flags');
    return new Map<string, { emailVerified: boolean; phoneVerified: boolean }>();
  }
}
