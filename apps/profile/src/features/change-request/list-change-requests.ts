import { readerOf } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { ChangeRequestQuery } from '#features/change-request/schemas.ts';
import type { ChangeRequest } from '#storage/change-request.entity.ts';

/** The signed-in user's own requests, the latest first. @throws auth.token.missing, request.invalid */
export async function listChangeRequests(ctx: AppContext, actor: Actor, query: unknown): Promise<Page<ChangeRequest>> {
  const { userId } = requireUser(actor);
  allow.self(actor, userId);
  const { limit, cursor } = parse(ChangeRequestQuery, query);
  const context = `change-requests:${userId}`;
  const before = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, context)['id']);
  const found = await readerOf(ctx).changeRequests.list(userId, { before, limit: limit + 1 });
  return pageOf(found, limit, ({ id }) => ctx.cursors.encode({ id }, context));
}
