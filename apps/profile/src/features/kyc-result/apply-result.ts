import { withTransaction } from '@bank/database';
import { allow, type KycStatus, kycReasonsOf, parse, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { settleCase } from '#features/kyc-result/settle-case.ts';

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
 * @throws request.invalid
 */
export function applyResult(ctx: AppContext, source: ResultSource, result: KycResult): Promise<boolean> {
  const who = allow.system(`kyc results by ${source}`);
  const submissionId = parse(UuidSchema, result.submissionId);
  return withTransaction(ctx, { who, unaudited }, async (tx) => {
    const submission = await tx.kycSubmissions.find(submissionId);
    if (submission === undefined || !(await tx.holdUser(submission.userId))) return false;
    const { caseId: id, attempt } = submission;
    const reasons = result.outcome === 'approved' ? [] : kycReasonsOf(result.reasons);
    const move = { id, attempt, to: result.outcome, by: 'provider', reasons, decidedBy: 'provider' } as const;
    const decided = await tx.kycCases.move({ ...move, at: tx.clock.now() });
    if (decided === undefined) return false;
    await audited(tx, source, (inner) => settleCase(inner, decided, { decider: 'provider', details: { source } }));
    return true;
  });
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
