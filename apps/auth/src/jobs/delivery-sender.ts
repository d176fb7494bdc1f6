import { setTimeout as pause } from 'node:timers/promises';
import { createLoop, type Loop, type Worker } from '@bank/service-kit';
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
      await Promise.all(lines.map(({ loop }) => loop.start()));
    },
    wake(channel) {
      byChannel[channel].loop.wake();
    },
    async stop() {
      await Promise.all(lines.map(({ loop }) => loop.stop()));
      await Promise.race([settled(), pause(patienceMs, undefined, { ref: false })]);
      await ctx.messages.close();
      await settled();
    },
  };

  async function settled(): Promise<void> {
    await Promise.all(lines.flatMap(({ underWay }) => [...underWay]));
  }
}

function createLine(ctx: AppContext, channel: DeliveryChannel): { loop: Loop; underWay: ReadonlySet<Promise<void>> } {
  const underWay = new Set<Promise<void>>();
  let isFull = false;
  const loop = createLoop({
    name: `deliveries by ${channel}`,
    everyMs,
    logger: ctx.logger,
    async work() {
      const free = sendingMax - underWay.size;
      if (free <= 0) return;
      const claimed = await claimDeliveries(ctx, channel, free);
      isFull = claimed.length === free;
      for (const delivery of claimed) {
        const sending = sendDelivery(ctx, delivery)
          .catch((err: unknown) => ctx.logger.warn({ err, deliveryId: delivery.id }, 'a message was not settled'))
          .finally(() => {
            underWay.delete(sending);
            if (isFull) loop.wake();
          });
        underWay.add(sending);
      }
    },
  });
  return { loop, underWay };
}
