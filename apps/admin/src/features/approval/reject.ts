import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { approvalDecided } from '#events.ts';
import { type DecisionInput, explainDecision, findDecidable, lateRefusal } from '#features/approval/begin-decision.ts';
import { findVisible } from '#features/approval/find-visible.ts';
import { ApprovalParams, Decision } from '#features/approval/schemas.ts';

/**
 * Rejects what a colleague asked for: one conditional update, so that of two who decide at once one does.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, approval.not_found, approval.own,
 * approval.expired, approval.already_decided, approval.in_progress, service.unavailable
 */
export async function reject(ctx: AppContext, actor: Actor, input: DecisionInput): Promise<void> {
  const who = allow.permission(actor, 'approvals.decide');
  const checker = requireUser(actor);
  const { id } = parse(ApprovalParams, input.params);
  const { reason } = parse(Decision, input.body);
  await findVisible(ctx, checker, id);

  const refusal = await withTransaction(ctx, { who, audits: ['admin.approval.decided'] }, async (tx) => {
    const approval = await findDecidable(tx, checker, id);
    const { action, makerId, noteId } = approval;
    const [at, checkerId] = [tx.clock.now(), checker.userId];
    if (!(await tx.approvals.reject({ id, checkerId, at }))) return lateRefusal(tx, checker, id);
    await explainDecision(tx, checker, approval, { action: 'approval.reject', reason });
    const [subject, details] = [approval.userId ?? id, { action, approvalId: id, noteId, approved: false }];
    await tx.audit({ action: 'admin.approval.decided', subject, outcome: 'success', details });
    const about = { approvalId: id, userId: approval.userId ?? undefined, action };
    await tx.emit(approvalDecided({ ...about, makerId, checkerId, approved: false, at }));
    return undefined;
  });
  if (refusal !== undefined) throw new DomainError(refusal, { reason: 'decided at the same time' });
}
