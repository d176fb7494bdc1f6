import { readerOf } from '@bank/database';
import { allow, parse, requireUser, UuidSchema } from '@bank/domain';
import type { Page } from '@bank/service-kit';
import { listQuery, pageOf } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { openOrigin } from '#features/session/origin.ts';
import { type SessionView, viewSession } from '#features/session/view-session.ts';

export const ListSessionsSchema = v.strictObject(listQuery);
const CursorSchema = v.strictObject({ before: UuidSchema });

/** The caller's live sessions, newest first, a page at a time (SR-48). @throws auth.token.missing, request.invalid */
export async function listSessions(ctx: AppContext, input: unknown, caller: Caller): Promise<Page<SessionView>> {
  const { userId, sessionId } = requireUser(caller.actor);
  allow.self(caller.actor, userId);
  const { limit, cursor } = parse(ListSessionsSchema, input);
  const context = `sessions:${userId}`;
  const before = cursor === undefined ? undefined : parse(CursorSchema, ctx.cursors.decode(cursor, context)).before;
  const reader = readerOf(ctx);
  const rows = await reader.sessions.listLive(userId, { before, limit: limit + 1, now: ctx.clock.now() });
  const page = pageOf(rows, limit, (last) => ctx.cursors.encode({ before: last.id }, context));
  const items = page.items.map(async (session) =>
    viewSession(session, await openOrigin(reader, userId, session.origin), sessionId),
  );
  return { ...page, items: await Promise.all(items) };
}
