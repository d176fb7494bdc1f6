import { createLoop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { indexProfiles } from '#features/search/index-profiles.ts';

/** How soon it is found who was changed by a process that does not know of the search. */
const everyMs = 30_000;
/** After so many a process may stop. */
const aRound = 500;

/** Keeps the search from being behind. Nothing waits for it: neither the start of the process, nor its end for more than a round. */
export function createProfileIndexer(ctx: AppContext): Worker {
  const loop = createLoop({
    name: 'index profiles',
    everyMs,
    logger: ctx.logger,
    async work() {
      if ((await indexProfiles(ctx, aRound)) >= aRound) loop.wake();
    },
  });
  return {
    async start() {
      void loop.start();
    },
    stop: () => loop.stop(),
  };
}
