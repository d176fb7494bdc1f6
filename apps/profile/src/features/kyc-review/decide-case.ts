import { type ApprovedRequest, readApproval, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, isBlocked, parse, requireUser, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { requireMayDecide } from '#features/change-request/require-may-decide.ts';
import { settleCase } from '#features/kyc-result/settle-case.ts';
import { CaseDecision } from '#features/kyc-review/schemas.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';

type ByTwo = Exclude<CaseDecision, { decision: 'request_information' }>;
type Asked = Extract<CaseDecision, { decision: 'request_information' }>;

/**
 * Decides a case for staff. To approve or reject it takes two people: whoever has claimed it asks, another one approves that
 * (SR-71), and it holds for the attempt that was looked at alone. Whoever has claimed it may ask its user, if below (SR-72),
 * for more alone. Where a result of the provider comes at the same time, one of the two counts.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found, kyc.case.not_found,
 * kyc.case.unclaimed, kyc.transition.illegal, approval.invalid, approval.expired, approval.own, approval.already_decided,
 * service.unavailable
 */
export async function decideCase(ctx: AppContext, actor: Actor, input: unknown): Promise<void> {
  const decision = parse(CaseDecision, input);
  if (decision.decision === 'request_information') return requestInformation(ctx, actor, decision);
  const approved = await readDecision(ctx, actor, decision);
  const facts = await standingsOf(ctx, approved, decision.userId);
  await withTransaction(ctx, { who: approved.who, audits: ['kyc.case.moved'] }, async (tx) => {
    if (!(await tx.holdUser(decision.userId))) throw new DomainError('user.not_found');
    const isFirst = await useApproval(tx, approved, async () => facts);
    if (isFirst) await carryOut(tx, approved, decision);
  });
}

function readDecision(ctx: AppContext, actor: Actor, decision: ByTwo): Promise<ApprovedRequest> {
  const { approval, userId, caseId, attempt, reasons } = decision;
  const payload = { userId, caseId, attempt };
  return decision.decision === 'approve'
    ? readApproval(ctx, actor, { approval, action: 'kyc.approve', payload })
    : readApproval(ctx, actor, { approval, action: 'kyc.reject', payload: { ...payload, reasons: [...reasons] } });
}

/** Maker, checker and the user as they are now. @throws user.not_found, service.unavailable */
async function standingsOf(ctx: AppContext, { makerId, checkerId }: ApprovedRequest, userId: UserId) {
  const people = await ctx.people.find([makerId, checkerId, userId]);
  const target = people.get(userId);
  if (target === undefined || isBlocked(target.status, 'lookup')) throw new DomainError('user.not_found');
  return { maker: people.get(makerId), checker: people.get(checkerId), target };
}

async function carryOut(tx: AppTransaction, approved: ApprovedRequest, decision: ByTwo): Promise<void> {
  const { id: approvalId, makerId } = approved;
  const { attempt, noteId, reasons } = decision;
  await requireClaimed(tx, decision, makerId);
  const to = decision.decision === 'approve' ? 'approved' : 'rejected';
  const move = { id: decision.caseId, attempt, to, by: 'approval', reasons, decidedBy: 'approval' } as const;
  const decided = await tx.kycCases.move({ ...move, at: tx.clock.now() });
  if (decided === undefined) throw new DomainError('kyc.transition.illegal', { reason: 'decided meanwhile' });
  await settleCase(tx, decided, { decider: 'approval', details: { noteId, approvalId, makerId } });
}

async function requestInformation(ctx: AppContext, actor: Actor, asked: Asked): Promise<void> {
  const who = allow.permission(actor, 'kyc.decide');
  const { userId: staffId } = requireUser(actor);
  const { caseId: id, userId, attempt, noteId, reasons } = asked;
  await requireMayDecide(ctx, actor, userId, 'user.not_found');
  await withTransaction(ctx, { who, audits: ['kyc.case.moved'] }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('user.not_found');
    await requireClaimed(tx, asked, staffId);
    const move = { id, attempt, to: 'more_information', by: 'staff', reasons, decidedBy: 'staff' } as const;
    const decided = await tx.kycCases.move({ ...move, at: tx.clock.now() });
    if (decided === undefined) throw new DomainError('kyc.transition.illegal', { reason: 'decided meanwhile' });
    await settleCase(tx, decided, { decider: 'staff', details: { noteId } });
  });
}

/** The case of this user, held, if that member of staff has claimed it. @throws kyc.case.not_found, kyc.case.unclaimed */
async function requireClaimed(tx: AppTransaction, { caseId, userId }: CaseDecision, staffId: UserId): Promise<KycCase> {
  const found = await tx.kycCases.lock(caseId);
  if (found === undefined || found.userId !== userId) throw new DomainError('kyc.case.not_found');
  if (found.reviewerId !== staffId) throw new DomainError('kyc.case.unclaimed');
  return found;
}
