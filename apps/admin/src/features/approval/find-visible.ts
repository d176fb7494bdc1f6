import { readerOf } from '@bank/database';
import { DomainError, mayActOn, type UserActor } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { isVisible } from '#features/approval/policies.ts';
import { findKnownUser } from '#features/user/require-known-user.ts';
import type { Approval } from '#storage/approval.entity.ts';

/**
 * An approval that concerns this member of staff; any other is like a missing one (SR-65). It may ask `auth` how high whom it is
 * about stands, so that it comes before a transaction. @throws approval.not_found, service.unavailable
 */
export async function findVisible(ctx: AppContext, reader: UserActor, id: string): Promise<Approval> {
  const approval = await readerOf(ctx).approvals.find(id, ctx.clock.now());
  if (approval === undefined || !isVisible(approval, reader) || !(await isWithinReach(ctx, reader, approval))) {
    throw new DomainError('approval.not_found');
  }
  return approval;
}

/** Whether whom it is about stands below the reader (SR-72). Who asked for it or decided it has shown so by that. */
async function isWithinReach(ctx: AppContext, reader: UserActor, approval: Approval): Promise<boolean> {
  const { checkerId, makerId, userId } = approval;
  if (userId === null || makerId === reader.userId || checkerId === reader.userId) return true;
  const target = await findKnownUser(ctx, userId);
  // Who is a user no more stands above nobody; its owner says that it cannot be done.
  return target === undefined || mayActOn(reader, { userId, roles: target.roles });
}
