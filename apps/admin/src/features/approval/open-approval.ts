import { withTransaction } from '@bank/database';
import {
  type ApprovalAction,
  type ApprovalPayload,
  allow,
  approvalActions,
  type UserActor,
  type UserId,
} from '@bank/domain';
import { approvalDigest } from '@bank/security';
import type { AppContext } from '#context.ts';
import { auditedOutcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { writeNote } from '#features/act/write-note.ts';

/** What a member of staff asks for. `prepare` gives its exact payload, once the reason is kept. */
export interface ApprovalOpening<A extends ApprovalAction> {
  readonly action: A;
  readonly userId: UserId | undefined;
  readonly reason: string;
  prepare(): Promise<ApprovalPayload<A>>;
}

/**
 * Keeps what a member of staff asks for until another one decides: reason and attempt first, then `auth` signs the request
 * in his name, and what came of it is recorded. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, user.not_found, and what the owner answers
 */
export async function openApproval<A extends ApprovalAction>(
  ctx: AppContext,
  maker: UserActor,
  { action, userId, reason, prepare }: ApprovalOpening<A>,
): Promise<string> {
  const who = allow.permission(maker, approvalActions[action]);
  const id = ctx.ids.next();
  const subject = userId ?? id;
  const noteId = await withTransaction(ctx, { who, audits: ['admin.action.requested'] }, async (tx) => {
    const written = await writeNote(tx, maker, { about: userId, action, reason });
    const details = { action, approvalId: id, noteId: written };
    await tx.audit({ action: 'admin.action.requested', subject, outcome: 'success', details });
    return written;
  });
  const outcome = await outcomeOf(async () => {
    const payload = await prepare();
    const payloadDigest = approvalDigest(action, payload);
    return { payload, ...(await ctx.owners.sessions.signApproval({ approvalId: id, action, payloadDigest })) };
  });
  await withTransaction(ctx, { who, audits: ['admin.approval.requested'] }, async (tx) => {
    if (outcome.kind === 'done') {
      const { payload, approval: request, expiresAt } = outcome.value;
      const asked = { id, action, userId: userId ?? null, payload, makerId: maker.userId, noteId };
      await tx.approvals.add({ ...asked, request, createdAt: tx.clock.now(), expiresAt });
    }
    const details = { action, approvalId: id, noteId };
    await tx.audit({ action: 'admin.approval.requested', subject, ...auditedOutcome(outcome), details });
  });
  unwrap(outcome);
  return id;
}
