import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';
import type { VerificationPlace } from '#storage/verification.repository.ts';

/** Tells the metrics when the ledger was last found to be what was signed, and what was wrong the last time. */
export function measureVerification(ctx: AppContext): void {
  const place = () => readerOf(ctx).verification.place();
  const ageOf = async (moment: (at: VerificationPlace) => Date) =>
    (ctx.clock.now().getTime() - moment(await place()).getTime()) / 1000;
  ctx.metrics.read('ledger_verified_age_seconds', 'Time since the ledger was verified up to its newest checkpoint', {
    value: () => ageOf(({ verifiedAt }) => verifiedAt),
  });
  ctx.metrics.read(
    'ledger_swept_age_seconds',
    'Time within which every signed entry of the ledger was verified again',
    {
      value: () => ageOf(({ sweptSince }) => sweptSince),
    },
  );
  ctx.metrics.read('ledger_verification_problems', 'What the last verification of the ledger found to be wrong', {
    value: async () => (await place()).problems,
  });
}
