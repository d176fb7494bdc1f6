import { createLoop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { askNotificationService } from '#features/delivery-report/ask-notification-service.ts';

const everyMs = 60_000;

/** Asks about messages of which nothing was heard, batch after batch while there are more. */
export function createUnheardMessages(ctx: AppContext): Worker {
  const loop = createLoop({
    name: 'unheard messages',
    everyMs,
    logger: ctx.logger,
    async work() {
      if (await askNotificationService(ctx)) loop.wake();
    },
  });
  return {
    async start() {
      // There may be a day's messages to ask about, and the service need not wait for that.
      void loop.start();
    },
    stop: loop.stop,
  };
}
