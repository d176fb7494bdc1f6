import { type Actor, type ApprovalPayload, allow, DomainError, kycReasonsOf, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import { openApproval } from '#features/approval/open-approval.ts';
import { findCase } from '#features/kyc/find-case.ts';
import { CaseParams, CaseReasons } from '#features/kyc/schemas.ts';

interface DecisionRequest {
  readonly params: unknown;
  readonly body: unknown;
}

/**
 * Asks for a claimed case to be approved, as it stands: another attempt of it is not approved by that. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.case.not_found, kyc.case.unclaimed,
 * kyc.transition.illegal, user.not_found, service.unavailable
 */
export async function requestApprovalOfCase(ctx: AppContext, actor: Actor, input: DecisionRequest): Promise<string> {
  allow.permission(actor, 'kyc.decide');
  const { reason } = parse(Reasoned, input.body);
  const looked = await lookedAt(ctx, actor, input);
  const prepare = async () => looked;
  return openApproval(ctx, requireUser(actor), { action: 'kyc.approve', userId: looked.userId, reason, prepare });
}

/** Asks for a claimed case to be rejected, likewise, for these reasons. Gives the id of the approval; throws the same. */
export async function requestRejectionOfCase(ctx: AppContext, actor: Actor, input: DecisionRequest): Promise<string> {
  allow.permission(actor, 'kyc.decide');
  const { reason, reasons } = parse(CaseReasons, input.body);
  const looked = await lookedAt(ctx, actor, input);
  // In one order: an approval is bound to the digest of it, and the same in another order is the same.
  const prepare = async () => ({ ...looked, reasons: [...kycReasonsOf(reasons)] });
  return openApproval(ctx, requireUser(actor), { action: 'kyc.reject', userId: looked.userId, reason, prepare });
}

/** The case as it stands, if this member of staff has claimed it and it can be decided. */
async function lookedAt(
  ctx: AppContext,
  actor: Actor,
  { params }: DecisionRequest,
): Promise<ApprovalPayload<'kyc.approve'>> {
  const staff = requireUser(actor);
  const { id: caseId } = parse(CaseParams, params);
  const { userId, attempt, status, reviewerId } = await findCase(ctx, staff, caseId);
  if (reviewerId !== staff.userId) throw new DomainError('kyc.case.unclaimed');
  if (status !== 'in_review') throw new DomainError('kyc.transition.illegal', { reason: `${status} case` });
  return { userId, caseId, attempt };
}
