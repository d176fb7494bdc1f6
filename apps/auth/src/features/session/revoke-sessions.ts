import { withTransaction } from '@bank/database';
import { type Actor, allow, hasPermission, parse, requireUser, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endReasons } from '#features/session/end-reasons.ts';
import { endManySessions } from '#features/session/end-session.ts';

const reason = v.picklist(endReasons);
const RevokeSessionsSchema = v.union([
  v.strictObject({ userId: UserIdSchema, reason, sessionId: UuidSchema }),
  v.strictObject({ userId: UserIdSchema, reason, deviceId: UuidSchema }),
  v.strictObject({ userId: UserIdSchema, reason, all: v.literal(true), exceptSessionId: v.optional(UuidSchema) }),
]);

/**
 * Ends sessions of a user: his own, or anybody's for staff who may sign people out. Ending what has ended is no error.
 * Answers how many this call ended. @throws request.invalid, user.not_found, access.forbidden, auth.step_up.required
 */
export async function revokeSessions(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<number> {
  const { reason: why, ...scope } = parse(RevokeSessionsSchema, input);
  const who = mayRevoke(caller.actor, scope.userId);
  const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;
  return await withTransaction(ctx, { who, audits }, (tx) => endManySessions(tx, scope, why));
}

function mayRevoke(actor: Actor, userId: v.InferOutput<typeof UserIdSchema>) {
  const user = requireUser(actor);
  const isStaff = user.userId !== userId && hasPermission(user.roles, 'users.sign_out');
  return isStaff ? allow.permission(actor, 'users.sign_out') : allow.self(actor, userId);
}
