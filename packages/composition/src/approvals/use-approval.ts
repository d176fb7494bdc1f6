import type { ApprovalRepository } from '@bank/database';
import {
  type Actor,
  type ApprovalAction,
  type ApprovalFacts,
  type ApprovalPayload,
  allow,
  approvalActions,
  type Clock,
  checkApproval,
  DomainError,
  type Grant,
  requireUser,
  type UserId,
} from '@bank/domain';
import { approvalDigest } from '@bank/security';
import type { Verifier } from '@bank/verifier';

/** The maker's signed request, and what the checker is about to do by it. */
export interface PresentedApproval<A extends ApprovalAction> {
  readonly approval: string;
  readonly action: A;
  /** As `approvalPayloads` parsed it. */
  readonly payload: ApprovalPayload<A>;
}

/** A request that was signed by `auth` for exactly this, presented by somebody else who may decide on it. */
export interface ApprovedRequest {
  readonly id: string;
  readonly action: ApprovalAction;
  readonly digest: Uint8Array;
  readonly makerId: UserId;
  readonly checkerId: UserId;
  /** When the maker asked. */
  readonly askedAt: Date;
  /** For the transaction that executes it. */
  readonly who: Grant;
}

/**
 * Reads an approval for the checker whose live token `actor` is: they hold the action's permission and `approvals.decide` at
 * `aal2`, the request is signed for exactly this action and payload, and its maker is somebody else (SR-71). Outside of the
 * transaction; `useApproval` is the second half, inside of it.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, approval.invalid, approval.expired, approval.own,
 * service.unavailable
 */
export async function readApproval<A extends ApprovalAction>(
  ctx: { readonly verifier: Pick<Verifier, 'verifyApproval'> },
  actor: Actor,
  { approval, action, payload }: PresentedApproval<A>,
): Promise<ApprovedRequest> {
  const who = allow.permission(actor, approvalActions[action]);
  allow.permission(actor, 'approvals.decide');
  const { userId: checkerId } = requireUser(actor);
  const digest = approvalDigest(action, payload);
  const { approvalId: id, makerId, issuedAt } = await ctx.verifier.verifyApproval(approval, { action, digest });
  if (makerId === checkerId) throw new DomainError('approval.own');
  return { id, action, digest, makerId, checkerId, askedAt: new Date(Math.round(issuedAt * 1000)), who };
}

/**
 * Uses the approval up within the transaction that executes it, and checks its people as they are now. Whoever calls goes on
 * only when the answer is true: false is a repetition by the same checker, whose effect is there already. `people` is asked
 * after the approval is held, so that what it reads in this transaction stands until the commit.
 * @throws approval.already_decided, approval.own, approval.invalid, access.forbidden
 */
export async function useApproval(
  tx: { readonly approvals: ApprovalRepository; readonly clock: Clock },
  approved: ApprovedRequest,
  people: () => Promise<Omit<ApprovalFacts, 'action'>>,
): Promise<boolean> {
  const { id, action, digest, makerId, checkerId } = approved;
  const isFirst = await tx.approvals.consume({ id, action, digest, makerId, checkerId, at: tx.clock.now() });
  if (isFirst) checkApproval({ action, ...(await people()) });
  return isFirst;
}

/**
 * Refuses an approval of what is not as it was when the maker asked (SR-71): `changedAt` is when what it is about last
 * changed, read while it is held. Else one that was left over from before would undo what was decided since.
 * @throws approval.stale
 */
export function requireUnchanged({ askedAt }: Pick<ApprovedRequest, 'askedAt'>, changedAt: Date | null): void {
  if (changedAt === null || changedAt < askedAt) return;
  throw new DomainError('approval.stale', { reason: `changed at ${changedAt.toISOString()}` });
}
