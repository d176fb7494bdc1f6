import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { type KycProvider, VerificationRefused } from '#adapters/kyc/kyc-provider.ts';
import type { AppContext } from '#context.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { openVerification } from '#features/kyc-submission/open-verification.ts';
import { nextAsk, nextTry, submissionLeaseMs } from '#features/kyc-submission/policies.ts';
import type { KycSubmission } from '#storage/kyc/kyc-submission.repository.ts';

const who = allow.system('kyc submissions');

/** Takes up to so many submissions that are due; no other replica gets them while the lease runs. */
export function claimSubmissions(ctx: AppContext, limit: number): Promise<KycSubmission[]> {
  const now = ctx.clock.now();
  const heldUntil = new Date(now.getTime() + submissionLeaseMs);
  const unaudited = 'takes cases to hand over: the ledger gets what comes of them';
  return withTransaction(ctx, { who, unaudited }, (tx) => tx.kycSubmissions.claimPending({ now, heldUntil, limit }));
}

type Handed =
  | { readonly kind: 'taken'; readonly verificationId: string }
  | { readonly kind: 'refused' | 'moot' }
  | { readonly kind: 'failed'; readonly failure: string };

/**
 * Hands one claimed submission to the provider, outside of any transaction, and notes what came of it. Whoever dies in between
 * leaves it to the next one, under the same idempotency key. What the provider will never take is left to staff.
 */
export async function sendSubmission(ctx: AppContext, provider: KycProvider, submission: KycSubmission): Promise<void> {
  const handed = await handOver(ctx, provider, submission);
  await note(ctx, submission, handed);
  ctx.metrics
    .counter('kyc_submissions_total', 'Cases handed to the provider, by what came of it', ['outcome'])
    .inc({ outcome: handed.kind });
}

async function handOver(ctx: AppContext, provider: KycProvider, submission: KycSubmission): Promise<Handed> {
  const { caseId, tries: attempts } = submission;
  try {
    const verification = await openVerification(ctx, submission);
    if (verification === undefined) return { kind: 'moot' };
    return { kind: 'taken', verificationId: await provider.submit(verification) };
  } catch (err) {
    ctx.logger.warn({ err, caseId, attempts }, 'a case was not handed over');
    if (err instanceof VerificationRefused) return { kind: 'refused' };
    return { kind: 'failed', failure: (err as { code?: string }).code ?? 'ERROR' };
  }
}

async function note(ctx: AppContext, submission: KycSubmission, handed: Handed): Promise<void> {
  const { id, caseId, attempt, tries, userId } = submission;
  const unaudited = 'the case is under way: the ledger hears when it is decided';
  await withTransaction(ctx, { who, unaudited }, async (tx) => {
    const at = tx.clock.now();
    if (handed.kind === 'failed') return tx.kycSubmissions.retryAt(id, nextTry(tries, at), handed.failure);
    if (handed.kind === 'moot') return tx.kycSubmissions.settle(caseId, attempt);
    if (!(await tx.holdUser(userId))) return;
    await tx.kycCases.lock(caseId); // the case before its submission, as a result and a decision take them
    const isNews =
      handed.kind === 'taken'
        ? await tx.kycSubmissions.take(id, handed.verificationId, nextAsk(0, at))
        : await tx.kycSubmissions.refuse(id, 'REFUSED');
    if (!isNews) return;
    const moved = await tx.kycCases.move({ id: caseId, attempt, to: 'in_review', by: 'system', at });
    if (moved !== undefined) await noteMove(tx, moved);
  });
}
