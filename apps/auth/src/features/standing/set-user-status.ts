import { readApproval, requireUnchanged, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow, parse, requireUser, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { moveUser } from '#features/standing/move-user.ts';
import { holdPeople, holdTarget, requireVisible } from '#features/standing/people.ts';
import { actionOfMove, type MoveAction, settableStates } from '#features/standing/policies.ts';
import { ApprovalSchema } from '#features/standing/schemas.ts';
import type { User } from '#storage/users/user.repository.ts';

const SetUserStatusSchema = v.strictObject({
  userId: UserIdSchema,
  status: v.picklist(settableStates),
  noteId: Uuidv7Schema,
  approval: v.optional(ApprovalSchema),
});
type Move = v.InferOutput<typeof SetUserStatusSchema>;

const audits = [
  'user.status_changed',
  'auth.recovery.cancelled',
  'auth.session.revoked',
  'auth.sessions.revoked',
] as const;

/**
 * Moves a user to another state, for staff: to lock and to lift a lock takes one of them, everything else two, and that the
 * user has not been moved since it was asked for (SR-71). Where they stand already it succeeds and ends what else would open the
 * account, as `moveUser` says; a repetition by the same checker succeeds without effect.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found,
 * user.transition.illegal, approval.invalid, approval.expired, approval.own, approval.already_decided, approval.stale,
 * service.unavailable
 */
export async function setUserStatus(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<User> {
  requireUser(caller.actor);
  const move = parse(SetUserStatusSchema, input);
  const action = actionOfMove(move.status, move.approval !== undefined);
  return action === undefined
    ? await moveDirectly(ctx, move, caller)
    : await moveByApproval(ctx, { ...move, action }, caller);
}

async function moveDirectly(ctx: AppContext, move: Move, { actor }: Pick<Caller, 'actor'>): Promise<User> {
  const permission = 'users.lock';
  const who = allow.permission(actor, permission);
  const { userId: actorId } = requireUser(actor);
  const { userId, status: to, noteId } = move;
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    const target = await holdTarget(tx, { actorId, userId, permission });
    return await moveUser(tx, target, { to, by: 'staff', warrant: { noteId } });
  });
}

async function moveByApproval(
  ctx: AppContext,
  move: Move & { action: MoveAction },
  { actor }: Pick<Caller, 'actor'>,
): Promise<User> {
  const { userId, status: to, noteId, action, approval = '' } = move;
  const approved = await readApproval(ctx, actor, { approval, action, payload: { userId } });
  const { id: approvalId, makerId, who } = approved;
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    const isFirst = await useApproval(tx, approved, () => holdPeople(tx, approved, userId));
    const target = requireVisible(await tx.users.lock(userId));
    if (!isFirst) return target;
    requireUnchanged(approved, target.statusChangedAt);
    return await moveUser(tx, target, { to, by: 'approval', warrant: { noteId, approvalId, makerId } });
  });
}
