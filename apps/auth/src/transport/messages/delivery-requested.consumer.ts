import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import type { AppContext } from '#context.ts';
import { acceptDelivery } from '#features/delivery/accept-delivery.ts';

const name = 'auth.deliveries';

/** Takes over every message to a person, once, and has it sent. */
export function deliveryRequestedConsumer(ctx: AppContext, onAccepted: () => void): Consumer {
  return {
    name,
    queue: 'auth.deliveries',
    types: ['delivery.requested.v1'],
    async handle(message) {
      await once(ctx, name, message.id, (tx) => acceptDelivery(tx, { id: message.id, data: message.data }));
      onAccepted();
    },
  };
}
