import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requireMayDecide } from '#features/change-request/require-may-decide.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { claimedSince } from '#features/kyc-review/policies.ts';
import { CaseClaim } from '#features/kyc-review/schemas.ts';

/**
 * Takes a case that waits for a decision for the member of staff who asks, of a user below alone (SR-72). Of two who ask at
 * once one gets it; asking again renews it.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.case.not_found, kyc.case.claimed,
 * kyc.transition.illegal, user.not_found, service.unavailable
 */
export async function claimCase(ctx: AppContext, actor: Actor, input: unknown): Promise<void> {
  const who = allow.permission(actor, 'kyc.decide');
  const { userId: staffId } = requireUser(actor);
  const { caseId, noteId } = parse(CaseClaim, input);
  const waiting = await readerOf(ctx).kycCases.find(caseId);
  if (waiting === undefined) throw new DomainError('kyc.case.not_found');
  await requireMayDecide(ctx, actor, waiting.userId, 'user.not_found');
  await withTransaction(ctx, { who, audits: ['kyc.case.claimed'] }, async (tx) => {
    if (!(await tx.holdUser(waiting.userId))) throw new DomainError('user.not_found', { reason: 'erased' });
    const at = tx.clock.now();
    const claimed = await tx.kycCases.claim({ id: caseId, staffId, at, staleBefore: claimedSince(at) });
    if (claimed === undefined) {
      const found = await tx.kycCases.find(caseId);
      if (found === undefined) throw new DomainError('kyc.case.not_found');
      const isWaiting = found.status === 'submitted' || found.status === 'in_review';
      throw new DomainError(isWaiting ? 'kyc.case.claimed' : 'kyc.transition.illegal', { reason: found.status });
    }
    const { was, userId, attempt } = claimed;
    if (was === 'submitted') await noteMove(tx, claimed);
    const details = { caseId, attempt, noteId };
    await tx.audit({ action: 'kyc.case.claimed', subject: userId, outcome: 'success', details });
  });
}
