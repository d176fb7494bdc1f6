import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf } from '@bank/proto/events';
import { DeliveryState, DeliveryUpdatedSchema } from '@bank/proto/notification';
import type { AppContext } from '#context.ts';
import { countReported } from '#features/delivery-report/apply-reports.ts';
import {
  type NotificationUpdate,
  recordNotificationUpdate,
} from '#features/delivery-report/record-notification-update.ts';

const name = 'auth.notification-updated';

const states: ReadonlyMap<DeliveryState, NotificationUpdate['state']> = new Map([
  [DeliveryState.DELIVERED, 'delivered'],
  [DeliveryState.FAILED, 'failed'],
  [DeliveryState.EXPIRED, 'expired'],
]);

/** What the platform's Notification service tells of messages that it was handed. */
export function notificationUpdatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'auth.notification',
    types: [eventTypeOf(DeliveryUpdatedSchema)],
    async handle(message) {
      const { deliveryId, notificationId, state, reason } = decodeEvent(DeliveryUpdatedSchema, message.data);
      const update = { deliveryId, notificationId, reason, state: states.get(state) ?? 'under_way' };
      let changed: Awaited<ReturnType<typeof recordNotificationUpdate>> = [];
      await once(ctx, name, message.id, async (tx) => {
        changed = await recordNotificationUpdate(tx, update);
      });
      countReported(ctx, 'notification', changed);
    },
  };
}
