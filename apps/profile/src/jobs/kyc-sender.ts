import { setTimeout as pause } from 'node:timers/promises';
import { createClaimingLoop, createLoop, type Worker } from '@bank/service-kit';
import type { KycProvider } from '#adapters/kyc/kyc-provider.ts';
import type { AppContext } from '#context.ts';
import { askProvider } from '#features/kyc-submission/ask-provider.ts';
import { submissionsMax } from '#features/kyc-submission/policies.ts';
import { claimSubmissions, sendSubmission } from '#features/kyc-submission/send-submission.ts';

const everyMs = 1000;
const askEveryMs = 15_000;
const patienceMs = 5000;

/**
 * Hands cases to the provider as they come in, and asks about those of which nothing was heard. None waits for the one before
 * it: a provider that hangs holds up the cases that it was handed, and nothing else.
 */
export function createKycSender(ctx: AppContext, provider: KycProvider): Worker {
  const { logger } = ctx;
  const sending = createClaimingLoop({
    ...{ name: 'kyc submissions', everyMs, logger, max: submissionsMax },
    claim: (limit) => claimSubmissions(ctx, limit),
    handle: (submission) => sendSubmission(ctx, provider, submission),
    idsOf: ({ caseId }) => ({ caseId }),
  });
  const asking = createLoop({
    name: 'kyc results',
    everyMs: askEveryMs,
    logger,
    work: () => askProvider(ctx, provider),
  });
  return {
    async start() {
      await sending.start();
      // Not waited for: a provider that hangs keeps nobody from starting.
      void asking.start();
    },
    async stop() {
      const stopped = Promise.all([sending.stop(), asking.stop()]);
      await Promise.race([stopped, pause(patienceMs, undefined, { ref: false })]);
    },
  };
}
