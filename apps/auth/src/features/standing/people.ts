import type { ApprovedRequest } from '@bank/composition';
import {
  type ApprovalFacts,
  DomainError,
  hasPermission,
  isBlocked,
  type Permission,
  type Person,
  requireMayActOn,
  type UserId,
} from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import type { User } from '#storage/users/user.repository.ts';

/** A user as rules about people see him. */
function personOf({ id, status, roles }: User): Person {
  return { userId: id, status, roles };
}

/**
 * The user somebody of the staff acts on, held until the commit together with him who acts: what he is counts as it is now,
 * so that of two who stop each other at once only one succeeds (SR-70, SR-72).
 * @throws user.not_found, access.forbidden
 */
export async function holdTarget(
  tx: AppTransaction,
  act: { actorId: UserId; userId: UserId; permission: Permission },
): Promise<User> {
  const held = await tx.users.lockMany([act.actorId, act.userId]);
  const target = visible(held.get(act.userId));
  const actor = held.get(act.actorId);
  if (actor === undefined || actor.status !== 'active' || !hasPermission(actor.roles, act.permission)) {
    throw new DomainError('access.forbidden', { reason: `lacks ${act.permission} by now` });
  }
  requireMayActOn(personOf(actor), personOf(target));
  return target;
}

/**
 * Maker, checker and target (where there is one) of an approval as they are now, held until the commit. @throws user.not_found for a target who
 * is not there; of the other two that is for `checkApproval`
 */
export async function holdPeople(
  tx: AppTransaction,
  { makerId, checkerId }: Pick<ApprovedRequest, 'makerId' | 'checkerId'>,
  targetId?: UserId,
): Promise<Pick<ApprovalFacts, 'maker' | 'checker' | 'target'>> {
  const held = await tx.users.lockMany([makerId, checkerId, ...(targetId === undefined ? [] : [targetId])]);
  const [maker, checker] = [held.get(makerId), held.get(checkerId)];
  const target = targetId === undefined ? undefined : personOf(visible(held.get(targetId)));
  return { maker: maker && personOf(maker), checker: checker && personOf(checker), target };
}

/** A user that staff may know of. @throws user.not_found for nobody, and for whoever is erased */
export function visible(user: User | undefined): User {
  if (user === undefined || isBlocked(user.status, 'lookup')) throw new DomainError('user.not_found');
  return user;
}
