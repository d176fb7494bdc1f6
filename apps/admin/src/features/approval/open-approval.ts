import { withTransaction } from '@bank/database';
import {
  type ApprovalAction,
  type ApprovalPayload,
  allow,
  approvalActions,
  DomainError,
  type UserActor,
  type UserId,
} from '@bank/domain';
import { approvalDigest } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { auditedOutcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { writeNote } from '#features/act/write-note.ts';
import { repetitionMs } from '#features/approval/policies.ts';
import type { NewApproval } from '#storage/approval.repository.ts';

/** What a member of staff asks for. */
export interface ApprovalOpening<A extends ApprovalAction> {
  readonly action: A;
  readonly userId: UserId | undefined;
  readonly reason: string;
  /** Gives its exact payload, once the reason is kept. */
  prepare(): Promise<ApprovalPayload<A>>;
  /** Whether `prepare` leaves something behind at the owner, rather than only asking. */
  readonly leavesBehind?: boolean;
}

/**
 * Keeps what a member of staff asks for until another one decides: reason and attempt first, then `auth` signs the request
 * in their name, and what came of it is recorded. Gives the id of the approval; of what the maker has asked for a moment ago,
 * that one's (SR-71).
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, user.not_found, and what the owner answers
 */
export async function openApproval<A extends ApprovalAction>(
  ctx: AppContext,
  maker: UserActor,
  { action, userId, reason, prepare, leavesBehind = false }: ApprovalOpening<A>,
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
    const signing = ctx.owners.sessions.signApproval({ approvalId: id, action, payloadDigest });
    const signed = await (leavesBehind ? signing.catch(throwAsPartlyDone) : signing);
    const asked = { id, action, userId: userId ?? null, payload, makerId: maker.userId, noteId };
    return { ...asked, request: signed.approval, expiresAt: signed.expiresAt };
  });
  const audits = ['admin.approval.requested', 'admin.approval.expired'] as const;
  const waiting = await withTransaction(ctx, { who, audits }, async (tx) => {
    const told = { action: 'admin.approval.requested', subject, ...auditedOutcome(outcome) } as const;
    const approvalId = outcome.kind === 'done' ? await keep(tx, { ...outcome.value, createdAt: tx.clock.now() }) : id;
    const isRepeated = approvalId !== id && { reason: 'already' };
    await tx.audit({ ...told, ...isRepeated, details: { action, approvalId, noteId } });
    return approvalId;
  });
  unwrap(outcome);
  return waiting;
}

/** What was left behind stays: of such a request nobody is told that nothing was done, also where no signature was asked for. */
function throwAsPartlyDone(error: unknown): never {
  if (!(error instanceof DomainError)) throw error;
  const { code, reason, details } = error;
  throw new DomainError(code, { details, cause: error, ...(reason !== undefined && { reason }) });
}

/**
 * Keeps a request in place of whatever waits for the same: `auth` has signed for another maker or another time, so that what
 * waits may be dead where this one is not. What the same maker asked for a moment ago is pressed twice, and stays. Gives the id
 * of the one that waits.
 */
async function keep(tx: AppTransaction, request: NewApproval): Promise<string> {
  const { id, action, createdAt, userId } = request;
  await tx.approvals.holdSame(request);
  const repeated = await tx.approvals.findRepeated(request, new Date(createdAt.getTime() - repetitionMs));
  if (repeated !== undefined) return repeated;
  for (const approvalId of await tx.approvals.supersede(request)) {
    const details = { approvalId, action, was: 'pending', supersededBy: id };
    await tx.audit({ action: 'admin.approval.expired', subject: userId ?? approvalId, outcome: 'success', details });
  }
  await tx.approvals.add(request);
  return id;
}
