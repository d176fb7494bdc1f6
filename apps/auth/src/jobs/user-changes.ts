import { createLoop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { numberChanges } from '#features/user-watch/number-changes.ts';

const everyMs = 1000;

/** Numbers changes of users as soon as they are committed, while somebody listens here, and wakes who does. */
export function createUserChanges(ctx: AppContext): Worker {
  const { database, logger, userFeed } = ctx;
  let stopListening: (() => Promise<void>) | undefined;
  const loop = createLoop({
    name: 'user changes',
    everyMs,
    logger,
    async work() {
      if (userFeed.watchers === 0) return;
      await numberChanges(ctx);
      userFeed.announce();
    },
  });
  return {
    async start() {
      await loop.start();
      stopListening = await database.listen('auth_user_changes', loop.wake);
    },
    async stop() {
      await stopListening?.();
      await loop.stop();
    },
  };
}
