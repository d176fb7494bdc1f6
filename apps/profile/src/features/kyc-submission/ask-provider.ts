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
  for (const { id: submissionId, caseId, tries, verificationId } of unheard) {
    const told = await provider.stateOf(verificationId).catch((err: unknown) => {
      ctx.logger.warn({ err, caseId }, 'the provider did not say what became of a case');
      return undefined;
    });
    if (told === undefined || told.state === 'undecided') {
      await withTransaction(ctx, { who, unaudited }, (tx) =>
        tx.kycSubmissions.askAgainAt(submissionId, nextAsk(tries, now)),
      );
      continue;
    }
    const applied = await applyResult(ctx, 'poll', { submissionId, outcome: told.state, reasons: told.reasons });
    countResult(ctx, 'poll', applied);
  }
}
