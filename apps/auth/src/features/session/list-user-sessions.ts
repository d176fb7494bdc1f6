import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema, UuidSchema } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { requireVisible } from '#features/standing/people.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

const limitDefault = 20;
const limitMax = 100;
const ListUserSessionsSchema = v.strictObject({
  userId: UserIdSchema,
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limitMax)), limitDefault),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(512))),
});
const CursorSchema = v.strictObject({ before: UuidSchema });

/**
 * A user's live sessions for staff, newest first, a page at a time; every look is told to the ledger.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found
 */
export async function listUserSessions(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<Page<Session>> {
  const who = allow.permission(caller.actor, 'users.read');
  const { userId, limit, cursor } = parse(ListUserSessionsSchema, input);
  const context = `sessions-of-user:${userId}`;
  const before = cursor === undefined ? undefined : parse(CursorSchema, ctx.cursors.decode(cursor, context)).before;
  return await withTransaction(ctx, { who, audits: ['user.read'] }, async (tx) => {
    requireVisible(await tx.users.find(userId));
    const rows = await tx.sessions.listLive(userId, { before, limit: limit + 1, now: tx.clock.now() });
    await tx.audit({ action: 'user.read', subject: userId, outcome: 'success', details: { fields: 'sessions' } });
    return pageOf(rows, limit, (last) => ctx.cursors.encode({ before: last.id }, context));
  });
}
