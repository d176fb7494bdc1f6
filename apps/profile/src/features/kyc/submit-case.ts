import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { kycSubmitted } from '#events.ts';
import { gatherFacts } from '#features/kyc/gather-facts.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { casePicturesBytesMax, documentsOf, isComplete, isRenewal, missingFor } from '#features/kyc/policies.ts';
import { SubmissionRequest } from '#features/kyc/schemas.ts';
import { lockIdentity } from '#features/profile/lock-identity.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';
import type { KycDocument } from '#storage/kyc/kyc-document.repository.ts';

/**
 * Hands the user's case in for a higher tier, or for the one that they hold with documents that make it last longer, as its next
 * attempt, once nothing is missing for it. The provider gets it after the commit, as soon as it can be reached: until then it
 * stays `submitted`. Not while a change of who the user is waits to be decided: what is looked at is what will be approved (SR-71).
 * @throws auth.token.missing, request.invalid, user.not_found, kyc.transition.illegal, profile.change_request.open, kyc.tier.reached,
 * kyc.incomplete, kyc.documents.too_large, profile.unreadable
 */
export async function submitCase(ctx: AppContext, actor: Actor, input: unknown): Promise<KycCase> {
  const { userId } = requireUser(actor);
  const { tier } = parse(SubmissionRequest, input);
  const who = allow.self(actor, userId);
  return withTransaction(ctx, { who, audits: ['kyc.case.submitted'] }, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('user.not_found', { reason: 'erased' });
    const open = await requireOpen(tx, userId);
    // Held, so that a change is asked for and decided either before this or after it.
    await tx.profiles.lock(userId);
    if (await tx.changeRequests.isOpen(userId)) throw new DomainError('profile.change_request.open');
    const standing = await tx.kycStandings.find(userId);
    if (standing.tier > tier) throw new DomainError('kyc.tier.reached');
    const facts = await gatherFacts(tx, userId, open.id);
    const missing = missingFor(tier, facts);
    if (!isComplete(missing)) throw incomplete(missing);
    if (standing.tier === tier && !isRenewal(standing, facts)) throw new DomainError('kyc.tier.reached');
    await requireRoom(tx, documentsOf(tier, facts));

    const at = tx.clock.now();
    // What is looked at is what will be approved: from now on who the user is stays as it is.
    const locksIdentity = await lockIdentity(tx, userId);
    const submitted = await tx.kycCases.submit({ id: open.id, tier, locksIdentity, at });
    if (submitted === undefined) throw new DomainError('kyc.transition.illegal', { reason: `${open.status} case` });
    const { id: caseId, attempt } = submitted;
    await tx.kycSubmissions.add({ id: tx.ids.next(), caseId, userId, attempt }, at);
    await tx.emit(kycSubmitted({ userId, caseId, attempt, tier, at }));
    await noteMove(tx, submitted);
    const details = { caseId, attempt, tier };
    await tx.audit({ action: 'kyc.case.submitted', subject: userId, outcome: 'success', details });
    return submitted;
  });
}

async function requireOpen(tx: AppTransaction, userId: KycCase['userId']): Promise<KycCase> {
  const open = await tx.kycCases.lockOpen(userId);
  if (open !== undefined) return open;
  throw new DomainError('kyc.transition.illegal', { reason: 'no case to hand in' });
}

/** What cannot be handed over is not taken. @throws kyc.documents.too_large */
async function requireRoom(tx: AppTransaction, documents: readonly KycDocument[]): Promise<void> {
  const total = await tx.files.sizeOf(documents.flatMap(({ fileId }) => fileId ?? []));
  if (total <= casePicturesBytesMax) return;
  const errors = [{ path: 'documents', rule: 'max_bytes' }];
  throw new DomainError('kyc.documents.too_large', { reason: `${total} bytes`, details: { errors } });
}

/** Names what is missing by its rule, so that a client need not ask again. */
function incomplete({ profile, documents }: ReturnType<typeof missingFor>): DomainError {
  const fields = profile.map((field) => ({ path: `profile.${field}`, rule: 'required' }));
  const proofs = documents.map(({ purpose }) => ({ path: `documents.${purpose}`, rule: 'required' }));
  return new DomainError('kyc.incomplete', { details: { errors: [...fields, ...proofs] } });
}
