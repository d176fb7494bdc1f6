import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';
import { countReported } from '#features/delivery-report/apply-reports.ts';
import { recordNotificationUpdate } from '#features/delivery-report/record-notification-update.ts';

const batch = 100;
const patienceMs = 600_000;
const interestMs = 86_400_000;

/**
 * Asks the Notification service about messages of the last day of which nothing was heard: what it tells on the broker may be
 * lost. While it does not answer nothing is known, and the next round asks again.
 */
export async function askNotificationService(ctx: AppContext): Promise<void> {
  const { notification } = ctx.messages;
  if (notification === undefined) return;
  const now = ctx.clock.now().getTime();
  const between = { from: new Date(now - interestMs), to: new Date(now - patienceMs) };
  for (const { id, messageId } of await readerOf(ctx).reports.unheardOf('notification', between, batch)) {
    const told = await notification.stateOf(messageId);
    if (told === undefined) continue;
    const update = { deliveryId: id, notificationId: messageId, ...told };
    countReported(ctx, 'notification', await recordNotificationUpdate(ctx, update));
  }
}
