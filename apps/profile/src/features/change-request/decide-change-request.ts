import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { requireMayDecide } from '#features/change-request/require-may-decide.ts';
import { DecisionInput } from '#features/change-request/schemas.ts';
import { changeOf } from '#features/profile/policies.ts';
import { writeChange } from '#features/profile/write-change.ts';

/** For how many days it is worth knowing what became of a request. */
const noticeDays = 7;

/**
 * Decides on a user's request, for staff who stand above the user. Whoever comes first decides: a second decision and a
 * withdrawal find it closed. Approved, the change is made, told of by the names of the fields, and what was verified stays
 * locked; nothing is approved while a verification looks at what would change (SR-71). A repetition by the same member of staff changes nothing.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, profile.change_request.not_found,
 * profile.change_request.closed, kyc.case.under_review, profile.unreadable, service.unavailable
 */
export async function decideChangeRequest(ctx: AppContext, actor: Actor, input: unknown): Promise<void> {
  const who = allow.permission(actor, 'kyc.decide');
  const decision = parse(DecisionInput, input);
  const { userId, id, noteId, status } = decision;
  const rejection = decision.status === 'rejected' ? decision.rejection : undefined;
  await requireMayDecide(ctx, actor, userId);

  const audits = ['profile.change_request.decided', 'profile.updated'] as const;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('profile.change_request.not_found', { reason: 'erased' });
    const profile = await tx.profiles.lock(userId);
    if (profile === undefined) throw new DomainError('profile.change_request.not_found');
    const decidedBy = requireUser(actor).userId;
    const at = tx.clock.now();
    const closed = await tx.changeRequests.close(userId, id, { status, at, decidedBy, noteId, rejection });
    if (closed === undefined) return await recognise(tx, { userId, id, status, decidedBy });
    const changeRequestId = id;
    if (status === 'approved') {
      // Whoever is being looked at stays who they are, or the result would be about somebody else.
      if (await tx.kycCases.isUnderReview(userId)) throw new DomainError('kyc.case.under_review');
      await writeChange(tx, profile, changeOf(profile, closed.changes), { changeRequestId });
    }
    const details = { changeRequestId, noteId, decision: status, ...(rejection && { rejection }) };
    await tx.audit({ action: 'profile.change_request.decided', subject: userId, outcome: 'success', details });
    const template = status === 'approved' ? 'profile-change-approved' : 'profile-change-rejected';
    await notify(tx, userId, messageOf(template, { at }), { keptDays: noticeDays });
  });
}

interface Repeated {
  readonly userId: UserId;
  readonly id: string;
  readonly status: string;
  readonly decidedBy: UserId;
}

/** The same decision by the same person again, as after a lost answer, is no fault. */
async function recognise(tx: AppTransaction, { userId, id, status, decidedBy }: Repeated): Promise<void> {
  const found = await tx.changeRequests.find(userId, id);
  if (found === undefined) throw new DomainError('profile.change_request.not_found');
  if (found.status !== status || found.decidedBy !== decidedBy) throw new DomainError('profile.change_request.closed');
}
