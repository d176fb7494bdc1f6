import { notify, readApproval, requireUnchanged, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { parse, type Role, RoleSetSchema, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { userRolesChanged } from '#events.ts';
import type { Caller } from '#features/caller.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { noticeDays, type Warrant } from '#features/standing/move-user.ts';
import { holdPeople, requireVisible } from '#features/standing/people.ts';
import { staffSinceOf } from '#features/standing/policies.ts';
import { ApprovalSchema } from '#features/standing/schemas.ts';
import type { User } from '#storage/users/user.repository.ts';

const SetRolesSchema = v.strictObject({
  userId: UserIdSchema,
  roles: RoleSetSchema,
  noteId: Uuidv7Schema,
  approval: ApprovalSchema,
});

const audits = ['user.roles_changed', 'auth.session.revoked', 'auth.sessions.revoked'] as const;

/**
 * Replaces all roles of a user, by an approval (SR-71); everything they have open ends, so that no token tells of former roles
 * (SR-70). Maker and checker are administrators and neither is the user, so two are always left.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found, approval.invalid,
 * approval.expired, approval.own, approval.already_decided, approval.stale, service.unavailable
 */
export async function setRoles(ctx: AppContext, input: unknown, { actor }: Pick<Caller, 'actor'>): Promise<User> {
  const { userId, roles, noteId, approval } = parse(SetRolesSchema, input);
  const approved = await readApproval(ctx, actor, { approval, action: 'user.set_roles', payload: { userId, roles } });
  const { id: approvalId, makerId, who } = approved;
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    const isFirst = await useApproval(tx, approved, async () => ({
      ...(await holdPeople(tx, approved, userId)),
      granted: roles,
    }));
    const target = requireVisible(await tx.users.lock(userId));
    if (!isFirst) return target;
    requireUnchanged(approved, target.rolesChangedAt);
    return await giveRoles(tx, target, roles, { noteId, approvalId, makerId });
  });
}

async function giveRoles(tx: AppTransaction, user: User, to: readonly Role[], warrant: Warrant): Promise<User> {
  const { id: userId } = user;
  const from = user.roles.toSorted();
  const entry = { action: 'user.roles_changed', subject: userId, outcome: 'success' } as const;
  const details = { ...warrant, from: from.join(' '), to: to.join(' ') };
  if (details.from === details.to) {
    await tx.audit({ ...entry, reason: 'already', details });
    return user;
  }
  const at = tx.clock.now();
  const changed = await tx.users.setRoles(userId, { roles: to, staffSince: staffSinceOf(user, to, at), at });
  await endEverything(tx, userId, 'status_changed');
  await tx.emit(userRolesChanged({ userId, from, to, version: changed.version, at }));
  await tx.audit({ ...entry, details });
  await notify(tx, userId, messageOf('roles-changed', { at }), { keptDays: noticeDays });
  return changed;
}
