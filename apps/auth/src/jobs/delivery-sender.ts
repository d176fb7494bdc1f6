import { setTimeout as pause } from 'node:timers/promises';
import { createClaimingLoop, type Loop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { claimDeliveries } from '#features/delivery/claim-deliveries.ts';
import { sendingMax } from '#features/delivery/policies.ts';
import { sendDelivery } from '#features/delivery/send-delivery.ts';
import type { DeliveryChannel } from '#storage/deliveries/delivery.repository.ts';

const everyMs = 1000;
const patienceMs = 5000;

/** Sends messages, beside the ports of the service. */
export interface DeliverySender extends Worker {
  /** Says that a message of that channel was taken over. */
  wake(channel: DeliveryChannel): void;
}

/**
 * Sends messages as soon as they are taken over, and again when they are due again. Each channel has a line of its own, and
 * no message waits for the one before it: a carrier that hangs holds up the messages that it was given, and nothing else.
 */
export function createDeliverySender(ctx: AppContext): DeliverySender {
  const byChannel = { email: createLine(ctx, 'email'), sms: createLine(ctx, 'sms') } as const;
  const lines = Object.values(byChannel);
  return {
    async start() {
      await Promise.all(lines.map((line) => line.start()));
    },
    wake(channel) {
      byChannel[channel].wake();
    },
    async stop() {
      const stopped = Promise.all(lines.map((line) => line.stop()));
      await Promise.race([stopped, pause(patienceMs, undefined, { ref: false })]);
      await ctx.messages.close();
      await stopped;
    },
  };
}

function createLine(ctx: AppContext, channel: DeliveryChannel): Loop {
  return createClaimingLoop({
    ...{ name: `deliveries by ${channel}`, everyMs, logger: ctx.logger, max: sendingMax },
    claim: (limit) => claimDeliveries(ctx, channel, limit),
    handle: (delivery) => sendDelivery(ctx, delivery),
    idsOf: ({ id }) => ({ deliveryId: id }),
  });
}
