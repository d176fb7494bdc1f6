import {
  type ApprovalAction,
  approvalActions,
  DomainError,
  type ErrorCode,
  hasPermission,
  isApprovalAction,
  mayActOnRank,
  type Role,
  requireMayActOn,
  roles,
  type Standing,
  type UserActor,
} from '@bank/domain';
import type { Approval } from '#storage/approval.entity.ts';

/** How long nobody can begin again what a checker has begun: longer than any request lives. */
export const leaseMs = 30_000;

/** For how long the same request of the same maker is a repetition: their user agent sent it twice, or they pressed twice. */
export const repetitionMs = 5_000;

const allActions = Object.keys(approvalActions).filter(isApprovalAction);

/** The actions that a member of staff could decide on, unless they asked for them. */
export function decidableActions(held: readonly Role[]): readonly ApprovalAction[] {
  if (!hasPermission(held, 'approvals.decide')) return [];
  return allActions.filter((action) => hasPermission(held, approvalActions[action]));
}

/** The roles that keep whoever holds one of them out of reach of somebody with those roles (SR-72). */
export function rolesOutOfReach(held: readonly Role[]): readonly Role[] {
  return roles.filter((role) => !mayActOnRank(held, [role]));
}

/**
 * Whether an approval concerns this member of staff: they asked for it, decided it, or could decide it if they may act on whom
 * it is about. It never concerns whom it is about: they would read why, and could stop it (SR-72).
 */
export function isVisible(approval: Approval, reader: UserActor): boolean {
  if (approval.makerId === reader.userId) return true;
  if (approval.userId === reader.userId) return false;
  return approval.checkerId === reader.userId || decidableActions(reader.roles).includes(approval.action);
}

/**
 * Whether a member of staff may ask for something at all, so that nobody waits for an approval that no owner would follow:
 * never about themselves or somebody above them, and no roles above their own (SR-72). @throws access.forbidden
 */
export function requireMayRequest(actor: UserActor, facts: { target?: Standing; granted?: readonly Role[] }): void {
  if (facts.target !== undefined) requireMayActOn(actor, facts.target);
  if (facts.granted !== undefined && !mayActOnRank(actor.roles, facts.granted)) {
    throw new DomainError('access.forbidden', { reason: 'may not give these roles' });
  }
}

/** The invitation that an approval is about, if it is about one. */
export function invitationOf({ payload }: Pick<Approval, 'payload'>): string | undefined {
  return 'invitationId' in payload ? payload.invitationId : undefined;
}

/** The KYC case that an approval is about, if it is about one. */
export function kycCaseOf({ payload }: Pick<Approval, 'payload'>): string | undefined {
  return 'caseId' in payload ? payload.caseId : undefined;
}

/** Why somebody cannot decide an approval as it stands; undefined when they can. */
export function refusalOf(approval: Approval, checker: UserActor): ErrorCode | undefined {
  if (approval.makerId === checker.userId) return 'approval.own';
  if (!isVisible(approval, checker)) return 'approval.not_found';
  if (!decidableActions(checker.roles).includes(approval.action)) return 'access.forbidden';
  if (approval.status === 'expired') return 'approval.expired';
  return approval.status === 'approved' || approval.status === 'rejected' ? 'approval.already_decided' : undefined;
}

const final: readonly ErrorCode[] = [
  'approval.invalid',
  'approval.already_decided',
  'approval.stale',
  'staff.address.taken',
  'staff.invitation.not_found',
  'user.not_found',
  'recovery.not_found',
  'kyc.case.not_found',
  // Told of the maker, who has lost the case to a colleague: whoever approves, it stays so.
  'kyc.case.unclaimed',
  'kyc.transition.illegal',
];

const beforeLooking: readonly ErrorCode[] = ['approval.invalid', 'approval.expired', 'user.not_found'];

/**
 * Whether an owner that refused may have done the same already: what it says of the checker, the approval or the user it says before
 * it looks whether the approval was used.
 */
export function mayHaveBeenDone({ code, kind }: DomainError): boolean {
  return kind === 'forbidden' || kind === 'unauthenticated' || beforeLooking.includes(code);
}

/** Whether an owner that refused would refuse whoever approves it: such a request is over. */
export function canNeverSucceed({ code }: DomainError): boolean {
  return final.includes(code);
}
