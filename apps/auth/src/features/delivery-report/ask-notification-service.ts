import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { NotificationStates } from '#adapters/messages/notification-provider.ts';
import type { AppContext } from '#context.ts';
import { countReported } from '#features/delivery-report/apply-reports.ts';
import { askTime, interestMs } from '#features/delivery-report/policies.ts';
import { recordNotificationUpdate } from '#features/delivery-report/record-notification-update.ts';
import type { UnheardMessage } from '#storage/deliveries/report.repository.ts';

const batch = 100;
const who = allow.system('unheard-messages');

/**
 * Asks the Notification service about messages of the last day of which nothing was heard: what it tells on the broker may be
 * lost. Those that were asked about go behind the others, so what it does not know stands in nobody's way. A message that it
 * cannot be asked about now is asked about again in ten minutes. Answers whether there may be more to ask at once: none
 * while it answers nothing.
 */
export async function askNotificationService(ctx: AppContext): Promise<boolean> {
  const { notification } = ctx.messages;
  if (notification === undefined) return false;
  const now = ctx.clock.now();
  const times = { now, againAt: askTime(now), since: new Date(now.getTime() - interestMs) };
  const unaudited = 'asks what became of messages: the ledger gets the answer';
  const unheard = await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.reports.claimUnheard('notification', { ...times, limit: batch }),
  );
  let asked = 0;
  for (const message of unheard) {
    try {
      await ask(ctx, notification, message);
      asked += 1;
    } catch (err) {
      ctx.logger.warn({ err, deliveryId: message.id }, 'what became of a message was not found out');
    }
  }
  return unheard.length === batch && asked > 0;
}

async function ask(ctx: AppContext, states: NotificationStates, message: UnheardMessage): Promise<void> {
  const { id: deliveryId, messageId: notificationId } = message;
  const told = await states.stateOf(notificationId);
  if (told === undefined) return;
  const changed = await recordNotificationUpdate(ctx, { deliveryId, notificationId, ...told });
  countReported(ctx, 'notification', changed);
}
