import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { KycProvider } from '#adapters/kyc/kyc-provider.ts';
import type { AppContext } from '#context.ts';
import { applyResult, countResult } from '#features/kyc-result/apply-result.ts';
import { nextAsk, submissionLeaseMs } from '#features/kyc-submission/policies.ts';

const batch = 20;
const who = allow.system('kyc results by poll');

/**
 * Asks the provider about cases of which nothing was heard in time: what it tells on the broker may be lost. What it has not
 * decided, or cannot be asked about now, is asked about again, ever more seldom.
 */
export async function askProvider(ctx: AppContext, provider: KycProvider): Promise<void> {
  const now = ctx.clock.now();
  const times = { now, heldUntil: new Date(now.getTime() + submissionLeaseMs), limit: batch };
  const unaudited = 'asks what became of cases: the ledger gets the answer';
  const unheard = await withTransaction(ctx, { who, unaudited }, (tx) => tx.kycSubmissions.claimUnheard(times));
  for (const submission of unheard) {
    const { id: submissionId, caseId, tries } = submission;
    const isOver = await askAbout(ctx, provider, submission).catch((err: unknown) => {
      ctx.logger.warn({ err, caseId }, 'what became of a case was not learned');
      return false;
    });
    if (isOver) continue;
    await withTransaction(ctx, { who, unaudited }, (tx) =>
      tx.kycSubmissions.askAgainAt(submissionId, nextAsk(tries, now)),
    );
  }
}

/** Whether the provider has decided, which is applied. What fails with one case holds up no other. */
async function askAbout(
  ctx: AppContext,
  provider: KycProvider,
  { id: submissionId, verificationId }: { readonly id: string; readonly verificationId: string },
): Promise<boolean> {
  const told = await provider.stateOf(verificationId);
  if (told === undefined || told.state === 'undecided') return false;
  const applied = await applyResult(ctx, 'poll', { submissionId, outcome: told.state, reasons: told.reasons });
  countResult(ctx, 'poll', applied);
  return true;
}
