import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, type Grant, parse, requireUser, type UserActor } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { actionPerformed, approvalDecided } from '#events.ts';
import { auditedOutcome, type Outcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { executeApproval } from '#features/approval/approved-acts.ts';
import { type DecisionInput, explainDecision, findDecidable, lateRefusal } from '#features/approval/begin-decision.ts';
import { findVisible } from '#features/approval/find-visible.ts';
import { canNeverSucceed, leaseMs, mayHaveBeenDone } from '#features/approval/policies.ts';
import { ApprovalParams, Decision } from '#features/approval/schemas.ts';
import type { Approval } from '#storage/approval.entity.ts';

/**
 * Approves what a colleague asked for and has its owner do it, with the checker's token and the maker's signed request
 * (SR-71). It is claimed by one conditional update, so of two who decide at once one does. Where the owner refuses, it is
 * open again, or over if nobody could ever approve it or the same waits by now; where the owner does not answer, the same
 * checker may try again.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, approval.not_found, approval.own,
 * approval.expired, approval.already_decided, approval.in_progress, and what the owner answers
 */
export async function approve(ctx: AppContext, actor: Actor, input: DecisionInput): Promise<void> {
  const who = allow.permission(actor, 'approvals.decide');
  const checker = requireUser(actor);
  const { id } = parse(ApprovalParams, input.params);
  const { reason } = parse(Decision, input.body);
  await findVisible(ctx, checker, id);

  const claimed = await claim(ctx, who, { checker, id, reason });
  if (typeof claimed === 'string') throw new DomainError(claimed, { reason: 'decided at the same time' });
  const { approval, isRepetition } = claimed;
  const answered = await outcomeOf(() => executeApproval(ctx, approval));
  const outcome = isRepetition ? outcomeOfBoth(answered) : answered;
  const audits = ['admin.approval.decided', 'admin.action.performed'] as const;
  await withTransaction(ctx, { who, audits }, (tx) => settle(tx, checker, approval, outcome));
  unwrap(outcome);
}

/** Claims the approval and keeps the reason, or tells why it cannot be claimed. */
function claim(ctx: AppContext, who: Grant, by: { checker: UserActor; id: string; reason: string | undefined }) {
  const { checker, id, reason } = by;
  return withTransaction(ctx, { who, audits: ['admin.action.requested'] }, async (tx) => {
    const { status } = await findDecidable(tx, checker, id);
    const at = tx.clock.now();
    const decision = { id, checkerId: checker.userId, at };
    const approval = await tx.approvals.claim(decision, new Date(at.getTime() + leaseMs));
    if (approval === undefined) return lateRefusal(tx, checker, id);
    await explainDecision(tx, checker, approval, { action: 'approval.approve', reason });
    const details = { action: approval.action, approvalId: id, noteId: approval.noteId };
    await tx.audit({ action: 'admin.action.requested', subject: subjectOf(approval), outcome: 'success', details });
    return { approval, isRepetition: status === 'executing' };
  });
}

/** What came of a first try that nobody answered and of its repetition: who may have it done already tells nobody that it is not. */
function outcomeOfBoth(repeated: Outcome<void>): Outcome<void> {
  if (repeated.kind !== 'refused' || !mayHaveBeenDone(repeated.error)) return repeated;
  return { kind: 'unavailable', error: repeated.error };
}

/** Writes down what came of it, and tells of it once. */
async function settle(tx: AppTransaction, { userId }: UserActor, approval: Approval, outcome: Outcome<void>) {
  // Asked before any row is locked: the same may be asked for while this one is put back.
  if (outcome.kind === 'refused') await tx.approvals.holdSame(approval);
  const { action, id, noteId } = approval;
  const details = { action, approvalId: id, noteId };
  const told = { subject: subjectOf(approval), ...auditedOutcome(outcome), details };
  await tx.audit({ action: 'admin.action.performed', ...told });
  if (outcome.kind === 'unavailable') return tx.approvals.letGo(id, userId);
  const isDone = outcome.kind === 'done';
  if (!isDone && !canNeverSucceed(outcome.error) && (await tx.approvals.putBack(id, userId))) return;

  const at = tx.clock.now();
  if (!(await tx.approvals.finish(isDone ? 'approved' : 'rejected', { id, checkerId: userId, at }))) return;
  const about = { userId: approval.userId ?? undefined, action, approvalId: id, at };
  await tx.audit({ action: 'admin.approval.decided', ...told, details: { ...details, approved: isDone } });
  await tx.emit(approvalDecided({ ...about, makerId: approval.makerId, checkerId: userId, approved: isDone }));
  if (isDone) await tx.emit(actionPerformed({ ...about, staffId: userId, noteId }));
}

function subjectOf({ id, userId }: Approval): string {
  return userId ?? id;
}
