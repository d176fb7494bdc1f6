import type { ApprovalAction, Role, UserState } from '@bank/domain';
import { DomainError, worksHere } from '@bank/domain';

/** The states that staff may move a user to. */
export const settableStates = ['active', 'locked', 'suspended', 'closed'] as const satisfies readonly UserState[];
export type SettableState = (typeof settableStates)[number];

/**
 * The action whose approval a move needs, or undefined for what one member of staff does alone: to lock, and to lift a lock.
 * Whether the move is possible from where the user stands is for `decideTransition`.
 * @throws request.invalid for a lock with an approval, which can only be a mistake
 */
export function actionOfMove(to: SettableState, hasApproval: boolean): MoveAction | undefined {
  switch (to) {
    case 'suspended':
      return 'user.suspend';
    case 'closed':
      return 'user.close';
    case 'active':
      return hasApproval ? 'user.reinstate' : undefined;
    case 'locked':
      if (hasApproval) {
        throw new DomainError('request.invalid', { details: { errors: [{ path: 'approval', rule: 'not_needed' }] } });
      }
      return undefined;
  }
}

export type MoveAction = Extract<ApprovalAction, 'user.suspend' | 'user.reinstate' | 'user.close'>;

/**
 * Since when a user to whom these roles are given works here by them: a change among roles of staff leaves it as it is, and whoever goes
 * back to being a customer is none any more.
 */
export function staffSinceOf(
  { roles, staffSince }: { readonly roles: readonly Role[]; readonly staffSince: Date | null },
  to: readonly Role[],
  at: Date,
): Date | null {
  if (!worksHere(to)) return null;
  return worksHere(roles) ? staffSince : at;
}
