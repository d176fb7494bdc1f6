import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { findVisible } from '#features/approval/find-visible.ts';
import { ApprovalParams } from '#features/approval/schemas.ts';
import type { Approval } from '#storage/approval.entity.ts';

/** An approval with the words that were said to it; undefined where there are none (any more). */
export interface ExplainedApproval {
  readonly approval: Approval;
  readonly reason: string | undefined;
  readonly decisionReason: string | undefined;
}

/**
 * One approval with its reasons, for its maker and whoever could decide it. Reading the words is recorded.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, approval.not_found
 */
export async function getApproval(ctx: AppContext, actor: Actor, params: unknown): Promise<ExplainedApproval> {
  const who = allow.permission(actor, 'approvals.read');
  const { id } = parse(ApprovalParams, params);
  return withTransaction(ctx, { who, audits: ['admin.approval.read'] }, async (tx) => {
    const approval = await findVisible(tx, requireUser(actor), id);
    const { noteId, decisionNoteId, userId } = approval;
    const words = await tx.staffNotes.read(decisionNoteId === null ? [noteId] : [noteId, decisionNoteId]);
    const details = { approvalId: id };
    await tx.audit({ action: 'admin.approval.read', subject: userId ?? id, outcome: 'success', details });
    return { approval, reason: words.get(noteId), decisionReason: words.get(decisionNoteId ?? '') };
  });
}
