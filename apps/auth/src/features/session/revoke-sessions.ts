import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import {
  allow,
  DomainError,
  hasPermission,
  parse,
  requireUser,
  type UserActor,
  UserIdSchema,
  UuidSchema,
  Uuidv7Schema,
} from '@bank/domain';
import { messageOf } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { type EndReason, endReasons } from '#features/session/end-reasons.ts';
import { endManySessions } from '#features/session/end-session.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { noticeDays } from '#features/standing/move-user.ts';
import { holdTarget } from '#features/standing/people.ts';

const common = { userId: UserIdSchema, reason: v.picklist(endReasons), noteId: v.optional(Uuidv7Schema) };
const RevokeSessionsSchema = v.union([
  v.strictObject({ ...common, sessionId: UuidSchema }),
  v.strictObject({ ...common, deviceId: UuidSchema }),
  v.strictObject({ ...common, all: v.literal(true), exceptSessionId: v.optional(UuidSchema) }),
]);
type Revocation = v.InferOutput<typeof RevokeSessionsSchema>;

const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;
const permission = 'users.sign_out';

/** What staff alone may say, and only of somebody else. */
const reasonsOfStaff: ReadonlySet<EndReason> = new Set(['ended_by_staff', 'factor_changed']);

/**
 * Ends sessions of a user: the caller, or anybody whom staff may act on, with a note that says why. Ending what has ended is
 * no error. Where staff have removed the factors everything ends, and the user's devices have to prove anew whose they are (SR-31,
 * SR-35). Answers how many this call ended.
 * @throws request.invalid, user.not_found, access.forbidden, auth.step_up.required
 */
export async function revokeSessions(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<number> {
  const revocation = parse(RevokeSessionsSchema, input);
  const user = requireUser(caller.actor);
  const isStaff = user.userId !== revocation.userId && hasPermission(user.roles, permission);
  return isStaff ? await revokeForStaff(ctx, revocation, user) : await revokeOwn(ctx, revocation, user);
}

async function revokeOwn(ctx: AppContext, revocation: Revocation, user: UserActor): Promise<number> {
  const { reason, noteId: _, ...scope } = revocation;
  const who = allow.self(user, scope.userId);
  if (reasonsOfStaff.has(reason)) throw refused('reason', 'not_yours');
  return await withTransaction(ctx, { who, audits }, (tx) => endManySessions(tx, scope, reason));
}

async function revokeForStaff(ctx: AppContext, revocation: Revocation, actor: UserActor): Promise<number> {
  const { reason, noteId, ...scope } = revocation;
  const { userId } = scope;
  const who = allow.permission(actor, permission);
  if (noteId === undefined) throw refused('noteId', 'required');
  const isReset = reason === 'factor_changed';
  if (!reasonsOfStaff.has(reason)) throw refused('reason', 'not_yours');
  const isEverything = 'all' in scope && scope.exceptSessionId === undefined;
  if (isReset && !isEverything) throw refused('scope', 'all_sessions');
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    await holdTarget(tx, { actorId: actor.userId, userId, permission });
    const count = await (isReset
      ? endEverything(tx, userId, reason, { noteId })
      : endManySessions(tx, scope, reason, { noteId }));
    if (isReset) await tx.devices.doubtAll(userId);
    if (count > 0) {
      await notify(tx, userId, messageOf('session-revoked', { at: tx.clock.now() }), { keptDays: noticeDays });
    }
    return count;
  });
}

function refused(path: string, rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}
