import { DomainError, type ErrorCode, type UserActor } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { writeNote } from '#features/act/write-note.ts';
import { refusalOf } from '#features/approval/policies.ts';
import type { Approval } from '#storage/approval.entity.ts';

/** A decision that somebody is about to make. */
export interface DecisionInput {
  readonly params: unknown;
  readonly body: unknown;
}

/** An approval that this checker, to whom it is visible, can decide as it stands. @throws why the checker cannot */
export async function findDecidable(tx: AppTransaction, checker: UserActor, id: string): Promise<Approval> {
  const approval = await tx.approvals.find(id, tx.clock.now());
  if (approval === undefined) throw new DomainError('approval.not_found');
  const refusal = refusalOf(approval, checker);
  if (refusal !== undefined) throw new DomainError(refusal, { reason: `${approval.status} approval` });
  return approval;
}

/** Keeps what the checker says about the decision, if anything. */
export async function explainDecision(
  tx: AppTransaction,
  checker: UserActor,
  { id, userId }: Approval,
  said: { readonly action: string; readonly reason: string | undefined },
): Promise<void> {
  const { action, reason } = said;
  if (reason === undefined) return;
  const noteId = await writeNote(tx, checker, { about: userId ?? undefined, action, reason });
  await tx.approvals.explain(id, checker.userId, noteId);
}

/** Why an approval that could be decided a moment ago cannot any more: somebody else was quicker, or it is being done. */
export async function lateRefusal(tx: AppTransaction, checker: UserActor, id: string): Promise<ErrorCode> {
  const approval = await tx.approvals.find(id, tx.clock.now());
  return (approval && refusalOf(approval, checker)) ?? 'approval.in_progress';
}
