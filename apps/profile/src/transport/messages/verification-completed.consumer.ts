import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf } from '@bank/proto/events';
import { VerificationCompletedSchema, VerificationOutcome } from '@bank/proto/kyc';
import type { AppContext } from '#context.ts';
import { applyResult, countResult, type ResultOutcome } from '#features/kyc-result/apply-result.ts';

const name = 'profile.verification-completed';

const outcomes: ReadonlyMap<VerificationOutcome, ResultOutcome> = new Map([
  [VerificationOutcome.APPROVED, 'approved'],
  [VerificationOutcome.REJECTED, 'rejected'],
  [VerificationOutcome.MORE_INFORMATION, 'more_information'],
]);

/** What the platform's KYC service tells of verifications; one that is not decided changes nothing. */
export function verificationCompletedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'profile.kyc',
    types: [eventTypeOf(VerificationCompletedSchema)],
    async handle(message) {
      const { submissionId, outcome: told, reasons } = decodeEvent(VerificationCompletedSchema, message.data);
      const outcome = outcomes.get(told);
      if (outcome === undefined) return;
      let applied = false;
      await once(ctx, name, message.id, async (tx) => {
        applied = await applyResult(tx, 'event', { submissionId, outcome, reasons });
      });
      countResult(ctx, 'event', applied);
    },
  };
}
