import { createLoop, type Loop } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { sendDeliveries } from '#features/delivery/send-deliveries.ts';

const everyMs = 1000;

/** Sends messages as soon as they are taken over, and again when they are due again. */
export function createDeliverySender(ctx: AppContext): Loop {
  const loop = createLoop({
    name: 'deliveries',
    everyMs,
    logger: ctx.logger,
    async work() {
      while (await sendDeliveries(ctx));
    },
  });
  return {
    ...loop,
    async stop() {
      await loop.stop();
      await ctx.mailer.close();
    },
  };
}
