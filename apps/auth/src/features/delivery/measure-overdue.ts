import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';

/** Tells the metrics for how long the message that is due the longest has been, by channel. */
export function measureOverdue(ctx: AppContext): void {
  for (const channel of ['email', 'sms'] as const) {
    ctx.metrics.read('message_overdue_seconds', 'For how long a message has been due that nobody has taken up', {
      labels: { channel },
      value: async () => {
        const now = ctx.clock.now().getTime();
        const dueSince = await readerOf(ctx).deliveries.oldestDue(channel);
        return Math.max(0, (now - (dueSince?.getTime() ?? now)) / 1000);
      },
    });
  }
}
