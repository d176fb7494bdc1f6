import { withTransaction } from '@bank/database';
import { allow, parse, UuidSchema } from '@bank/domain';
import type { NotificationState } from '#adapters/messages/notification-provider.ts';
import type { AppContext } from '#context.ts';
import { applyReports, unaudited } from '#features/delivery-report/apply-reports.ts';
import type { DeliveryReport, ReportedDelivery } from '#storage/deliveries/report.repository.ts';

const who = allow.system('news of the notification service');

/** What the Notification service tells of a message. It comes over the broker, where nobody else may publish. */
export interface NotificationUpdate {
  readonly deliveryId: string;
  readonly notificationId: string;
  readonly state: NotificationState;
  /** A code such as `address_unknown`. */
  readonly reason: string;
}

/** Takes what the Notification service tells of a message; only what is final changes anything. Gives what it has changed. @throws request.invalid */
export async function recordNotificationUpdate(
  ctx: AppContext,
  update: NotificationUpdate,
): Promise<ReportedDelivery[]> {
  if (update.state === 'under_way') return [];
  const report: DeliveryReport = {
    deliveryId: parse(UuidSchema, update.deliveryId),
    messageId: update.notificationId,
    outcome: update.state === 'delivered' ? 'delivered' : 'failed',
    failure: failureOf(update),
  };
  return await withTransaction(ctx, { who, unaudited }, (tx) => applyReports(tx, 'notification', [report]));
}

function failureOf({ state, reason }: NotificationUpdate): string | null {
  if (state === 'delivered') return null;
  if (state === 'expired') return 'NOTIFICATION_EXPIRED';
  return /^[a-z][a-z_]{0,40}$/.test(reason) ? `NOTIFICATION_${reason.toUpperCase()}` : 'NOTIFICATION_FAILED';
}
