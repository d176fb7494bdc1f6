import { mayActOnRank, requireMayActOn, type Standing } from '#access/act-on.ts';
import { type ApprovalAction, approvalActions } from '#access/approvals.ts';
import { hasPermission, type Permission, type Role } from '#access/permissions.ts';
import { DomainError } from '#errors/domain-error.ts';
import type { UserState } from '#user/user-states.ts';

/** A person as `auth` knows them at this moment. */
export interface Person extends Standing {
  readonly status: UserState;
}

/** Whom an approval concerns. `target` is absent where nobody is a user yet; `granted` are roles that it gives. */
export interface ApprovalFacts {
  readonly action: ApprovalAction;
  readonly maker: Person | undefined;
  readonly checker: Person | undefined;
  readonly target?: Standing | undefined;
  readonly granted?: readonly Role[] | undefined;
}

/**
 * Decides whether an approval may be executed by what its people are now, not when it was asked for (SR-70, SR-71): two
 * different people in good standing who both hold the permission, and who both may act on whom it concerns, as that
 * person is and as they will be. @throws approval.own, approval.invalid, access.forbidden
 */
export function checkApproval({ action, maker, checker, target, granted }: ApprovalFacts): void {
  const permission = approvalActions[action];
  if (maker !== undefined && maker.userId === checker?.userId) throw new DomainError('approval.own');
  if (!isAble(checker, permission) || !isAble(checker, 'approvals.decide')) {
    throw new DomainError('access.forbidden', { reason: 'the checker may not decide on this any more' });
  }
  if (!isAble(maker, permission)) {
    throw new DomainError('approval.invalid', { reason: 'the maker may not ask for this any more' });
  }
  for (const person of [checker, maker]) {
    if (target !== undefined) requireMayActOn(person, target);
    if (granted !== undefined && !mayActOnRank(person.roles, granted)) {
      throw new DomainError('access.forbidden', { reason: 'may not give these roles' });
    }
  }
}

function isAble(person: Person | undefined, permission: Permission): person is Person {
  return person !== undefined && person.status === 'active' && hasPermission(person.roles, permission);
}
