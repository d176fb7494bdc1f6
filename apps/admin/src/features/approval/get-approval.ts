import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, approvalActions, hasPermission, parse, requireUser, type UserActor } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { findVisible } from '#features/approval/find-visible.ts';
import { invitationOf } from '#features/approval/policies.ts';
import { ApprovalParams } from '#features/approval/schemas.ts';
import type { Approval } from '#storage/approval.entity.ts';

/** The address of an invitation as its reader sees it, and until when in full. */
export interface Invited {
  readonly email: string;
  readonly unmaskedUntil: Date | undefined;
}

/** An approval with the words that were said to it; undefined where there are none (any more). */
export interface ExplainedApproval {
  readonly approval: Approval;
  readonly reason: string | undefined;
  readonly decisionReason: string | undefined;
  /** Whom an invitation is for; undefined when it is none, or gone, or not for this reader. */
  readonly invited: Invited | undefined;
}

/**
 * One approval with its reasons, and of an invitation the address, for its maker and whoever could decide it: nobody
 * approves what they cannot see. Reading is recorded; of an address by `auth` as well, which must answer.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, approval.not_found,
 * service.unavailable
 */
export async function getApproval(ctx: AppContext, actor: Actor, params: unknown): Promise<ExplainedApproval> {
  const who = allow.permission(actor, 'approvals.read');
  const { id } = parse(ApprovalParams, params);
  const approval = await findVisible(ctx, requireUser(actor), id);
  const explained = await withTransaction(ctx, { who, audits: ['admin.approval.read'] }, async (tx) => {
    const { noteId, decisionNoteId, userId } = approval;
    const words = await tx.staffNotes.read(decisionNoteId === null ? [noteId] : [noteId, decisionNoteId]);
    const details = { approvalId: id };
    await tx.audit({ action: 'admin.approval.read', subject: userId ?? id, outcome: 'success', details });
    return { approval, reason: words.get(noteId), decisionReason: words.get(decisionNoteId ?? '') };
  });
  return { ...explained, invited: await invitedBy(ctx, requireUser(actor), explained.approval) };
}

/** The address of an invitation, masked but for whom has unmasked it. */
async function invitedBy(ctx: AppContext, reader: UserActor, approval: Approval): Promise<Invited | undefined> {
  const invitationId = invitationOf(approval);
  if (invitationId === undefined || !hasPermission(reader.roles, approvalActions['staff.invite'])) return undefined;
  const whose = { staffId: reader.userId, userId: approval.id };
  const unmasking = await readerOf(ctx).unmaskings.findLive(whose, ctx.clock.now());
  const email = await ctx.owners.directory.viewInvitation(invitationId, unmasking?.noteId ?? '');
  return email === undefined ? undefined : { email, unmaskedUntil: unmasking?.expiresAt };
}
