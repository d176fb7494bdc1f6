import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { countReported } from '#features/delivery-report/apply-reports.ts';
import { askTime, interestMs } from '#features/delivery-report/policies.ts';
import { recordNotificationUpdate } from '#features/delivery-report/record-notification-update.ts';

const batch = 100;
const who = allow.system('unheard-messages');

/**
 * Asks the Notification service about messages of the last day of which nothing was heard: what it tells on the broker may be
 * lost. Those that were asked about go behind the others, so what it does not know stands in nobody's way. A message that it
 * cannot be asked about now is asked about again in ten minutes.
 */
export async function askNotificationService(ctx: AppContext): Promise<void> {
  const { notification } = ctx.messages;
  if (notification === undefined) return;
  const now = ctx.clock.now();
  const times = { now, againAt: askTime(now), since: new Date(now.getTime() - interestMs) };
  const unaudited = 'asks what became of messages: the ledger gets the answer';
  const unheard = await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.reports.claimUnheard('notification', { ...times, limit: batch }),
  );
  for (const { id, messageId } of unheard) {
    const told = await notification.stateOf(messageId);
    if (told === undefined) continue;
    const update = { deliveryId: id, notificationId: messageId, ...told };
    countReported(ctx, 'notification', await recordNotificationUpdate(ctx, update));
  }
}
