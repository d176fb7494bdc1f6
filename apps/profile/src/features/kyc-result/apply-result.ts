import { withTransaction } from '@bank/database';
import { allow, type KycReason, type KycStatus, kycReasonsOf, parse, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { findWaiting } from '#features/kyc/find-waiting.ts';
import { gatherFacts } from '#features/kyc/gather-facts.ts';
import { missingFor } from '#features/kyc/policies.ts';
import { settleCase } from '#features/kyc-result/settle-case.ts';
import type { KycSubmission } from '#storage/kyc/kyc-submission.repository.ts';

/** Ways in which a result comes to us. */
export type ResultSource = 'event' | 'poll' | 'callback';

/** What a verification came to. */
export type ResultOutcome = Extract<KycStatus, 'approved' | 'rejected' | 'more_information'>;

/** What the provider says of one submission, which is one attempt of one case. */
export interface KycResult {
  readonly submissionId: string;
  readonly outcome: ResultOutcome;
  /** Codes; what is not known becomes `other`. */
  readonly reasons: readonly string[];
}

/** Why a result is taken by a transaction that tells the ledger nothing by itself. */
export const unaudited = 'the ledger hears of what a result changes, and most that come again change nothing';

/**
 * Applies a result by one conditional statement: the first of an attempt counts, whichever way it came, and what comes twice,
 * of an earlier attempt, after a decision of staff, or about somebody who was erased changes nothing. Tells whether it did.
 * @throws request.invalid, profile.unreadable
 */
export function applyResult(ctx: AppContext, source: ResultSource, result: KycResult): Promise<boolean> {
  const who = allow.system(`kyc results by ${source}`);
  const submissionId = parse(UuidSchema, result.submissionId);
  return withTransaction(ctx, { who, unaudited }, async (tx) => {
    const submission = await tx.kycSubmissions.find(submissionId);
    if (submission === undefined || !(await tx.holdUser(submission.userId))) return false;
    const { caseId: id, attempt } = submission;
    const judged = await judge(tx, submission, result);
    const move = judged && ({ id, attempt, ...judged, by: 'provider', decidedBy: 'provider' } as const);
    const decided = move && (await tx.kycCases.move({ ...move, at: tx.clock.now() }));
    if (decided === undefined) return false;
    const details = { source, outcome: result.outcome };
    await audited(tx, source, (inner) => settleCase(inner, decided, { decider: 'provider', details }));
    return true;
  });
}

/**
 * What a result makes of its case; undefined when that does not wait for it any more. An approval of documents that do not prove
 * the tier asks for the rest instead, since the tier would end at once: of a case that was handed in while an earlier one expired.
 */
async function judge(
  tx: AppTransaction,
  submission: KycSubmission,
  { outcome, reasons }: KycResult,
): Promise<{ to: ResultOutcome; reasons: readonly KycReason[] } | undefined> {
  const waiting = await findWaiting(tx, submission);
  if (waiting === undefined) return undefined;
  if (outcome !== 'approved') return { to: outcome, reasons: kycReasonsOf(reasons) };
  const { id, userId, tier, submittedAt } = waiting;
  const facts = await gatherFacts(tx, userId, id, submittedAt ?? undefined);
  const isProven = missingFor(tier, facts).documents.length === 0;
  return isProven ? { to: outcome, reasons: [] } : { to: 'more_information', reasons: ['document_expired'] };
}

async function audited(tx: AppTransaction, source: ResultSource, work: (tx: AppTransaction) => Promise<void>) {
  const who = allow.system(`kyc results by ${source}`);
  await withTransaction(tx, { who, audits: ['kyc.case.moved'] }, work);
}

/** Counts a result by whether it changed anything, after the commit. */
export function countResult({ metrics }: Pick<AppContext, 'metrics'>, source: ResultSource, applied: boolean): void {
  metrics
    .counter('kyc_results_total', 'Results of verifications, by how they came', ['source', 'outcome'])
    .inc({ source, outcome: applied ? 'applied' : 'ignored' });
}

export const ResultOutcomeSchema = v.picklist(['approved', 'rejected', 'more_information']);
