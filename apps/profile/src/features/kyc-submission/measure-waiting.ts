import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';

/** Tells the metrics for how long the case has waited that the provider has not taken and that waits the longest. */
export function measureWaiting(ctx: AppContext): void {
  ctx.metrics.read('kyc_submission_waiting_seconds', 'For how long the oldest case waits to be taken by the provider', {
    value: async () => {
      const now = ctx.clock.now().getTime();
      const since = await readerOf(ctx).kycSubmissions.oldestPending();
      return Math.max(0, (now - (since?.getTime() ?? now)) / 1000);
    },
  });
}
