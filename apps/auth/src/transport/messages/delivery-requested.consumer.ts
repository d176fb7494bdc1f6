import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import type { AppContext } from '#context.ts';
import { acceptDelivery } from '#features/delivery/accept-delivery.ts';

const name = 'auth.deliveries';

type Channel = Awaited<ReturnType<typeof acceptDelivery>>;

/** Takes over every message to a person, once, and has it sent. */
export function deliveryRequestedConsumer(ctx: AppContext, onAccepted: (channel: Channel) => void): Consumer {
  return {
    name,
    queue: 'auth.deliveries',
    types: ['delivery.requested.v1'],
    async handle(message) {
      const accepted = new Set<Channel>();
      await once(ctx, name, message.id, async (tx) => {
        accepted.add(await acceptDelivery(tx, { id: message.id, data: message.data }));
      });
      for (const channel of accepted) onAccepted(channel);
    },
  };
}
