import type { ApprovedRequest } from '@bank/composition';
import {
  type ApprovalFacts,
  DomainError,
  hasPermission,
  isBlocked,
  mayActOn,
  type Permission,
  type Person,
  type UserId,
} from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import type { User } from '#storage/users/user.repository.ts';

/** Somebody of the staff who acts on a user, and what that takes. */
export interface StaffAct {
  readonly actorId: UserId;
  readonly userId: UserId;
  readonly permission: Permission;
}

/** A user as rules about people see them. */
function personOf({ id, status, roles }: User): Person {
  return { userId: id, status, roles };
}

/** The target of an act, or why there is none for this member of staff. */
export type JudgedTarget =
  | { readonly target: User }
  | { readonly target?: never; readonly refusal: 'user.not_found' | 'access.forbidden'; readonly reason?: string };

/**
 * The user on whom somebody of the staff acts, both held until the commit: what they are counts as it is now, so that of two
 * who stop each other at once only one succeeds (SR-70, SR-72).
 */
export async function judgeTarget(tx: AppTransaction, act: StaffAct): Promise<JudgedTarget> {
  const held = await tx.users.lockMany([act.actorId, act.userId]);
  const target = held.get(act.userId);
  if (!isVisible(target)) return { refusal: 'user.not_found' };
  const actor = held.get(act.actorId);
  if (!mayStill(actor, act.permission)) return { refusal: 'access.forbidden', reason: lacks(act.permission) };
  if (mayActOn(personOf(actor), personOf(target))) return { target };
  return { refusal: 'access.forbidden', reason: 'may not act on this person' };
}

/** The same where a refusal changes nothing. @throws user.not_found, access.forbidden */
export async function holdTarget(tx: AppTransaction, act: StaffAct): Promise<User> {
  const judged = await judgeTarget(tx, act);
  if (judged.target !== undefined) return judged.target;
  const { refusal, reason } = judged;
  throw new DomainError(refusal, reason === undefined ? {} : { reason });
}

/** Somebody of the staff who acts on nobody yet, held until the commit; undefined when they may not any more (SR-70). */
export async function holdActor(
  tx: AppTransaction,
  act: Pick<StaffAct, 'actorId' | 'permission'>,
): Promise<User | undefined> {
  const actor = await tx.users.lock(act.actorId);
  return mayStill(actor, act.permission) ? actor : undefined;
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
  const target = targetId === undefined ? undefined : personOf(requireVisible(held.get(targetId)));
  return { maker: maker && personOf(maker), checker: checker && personOf(checker), target };
}

/** A user that staff may know of. @throws user.not_found for nobody, and for whoever is erased */
export function requireVisible(user: User | undefined): User {
  if (!isVisible(user)) throw new DomainError('user.not_found');
  return user;
}

function isVisible(user: User | undefined): user is User {
  return user !== undefined && !isBlocked(user.status, 'lookup');
}

function mayStill(actor: User | undefined, permission: Permission): actor is User {
  return actor !== undefined && actor.status === 'active' && hasPermission(actor.roles, permission);
}

function lacks(permission: Permission): string {
  return `lacks ${permission} by now`;
}
