import type { Role } from '#access/permissions.ts';
import { DomainError } from '#errors/domain-error.ts';
import type { UserId } from '#user/user-id.ts';

/** What a person is to the bank at this moment. */
export interface Standing {
  readonly userId: UserId;
  readonly roles: readonly Role[];
}

const ranks: Readonly<Record<Role, number>> = { customer: 0, support: 1, compliance: 2, admin: 3 };

/** How high somebody stands by the highest of their roles; who has none stands with the customers. */
export function rankOf(roles: readonly Role[]): number {
  return Math.max(0, ...roles.map((role) => ranks[role]));
}

/**
 * Whether one person may act on another (SR-72), whatever the act: never on themselves, and only on people who
 * stand strictly below them. Administrators may act on administrators, for nobody stands above them.
 */
export function mayActOn(actor: Standing, target: Standing): boolean {
  if (actor.userId === target.userId) return false;
  return mayActOnRank(actor.roles, target.roles);
}

/** The same about people who are not users yet: whom one may make a member of staff. */
export function mayActOnRank(actor: readonly Role[], target: readonly Role[]): boolean {
  const rank = rankOf(actor);
  return rank > rankOf(target) || rank === ranks.admin;
}

/** @throws access.forbidden when this person may not act on that one */
export function requireMayActOn(actor: Standing, target: Standing): void {
  if (mayActOn(actor, target)) return;
  throw new DomainError('access.forbidden', { reason: 'may not act on this person' });
}
