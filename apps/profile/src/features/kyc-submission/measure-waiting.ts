import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';

/** Tells the metrics how many cases the provider has not taken, and for how long the one has waited that waits the longest. */
export function measureWaiting(ctx: AppContext): void {
  ctx.metrics.read('kyc_submission_waiting_seconds', 'For how long the oldest case waits to be taken by the provider', {
    value: async () => {
      const now = ctx.clock.now().getTime();
      const since = await readerOf(ctx).kycSubmissions.oldestPending();
      return Math.max(0, (now - (since?.getTime() ?? now)) / 1000);
    },
  });
  ctx.metrics.read('kyc_submissions_waiting', 'Cases that wait to be taken by the provider', {
    value: () => readerOf(ctx).kycSubmissions.countPending(),
  });
}
