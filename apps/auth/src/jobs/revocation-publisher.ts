import { randomUUID } from 'node:crypto';
import { createLoop } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import {
  publishRevocations,
  type RevocationPublisher,
  releasePublisher,
} from '#features/revocation/publish-revocations.ts';

const heartbeatMs = 1000;

/** Publishes revocations as soon as they are committed, and a heartbeat each second. One process at a time does. */
export function createRevocationPublisher(ctx: AppContext): { start(): Promise<void>; stop(): Promise<void> } {
  const publisher: RevocationPublisher = { id: randomUUID() };
  let stopListening: (() => Promise<void>) | undefined;
  const loop = createLoop({
    name: 'revocation publisher',
    everyMs: heartbeatMs,
    logger: ctx.logger,
    async work() {
      while (await publishRevocations(ctx, publisher));
    },
  });
  return {
    async start() {
      await loop.start();
      stopListening = await ctx.database.listen('auth_revocations', loop.wake);
    },
    async stop() {
      await stopListening?.();
      await loop.stop();
      await releasePublisher(ctx, publisher).catch((error: unknown) =>
        ctx.logger.warn({ err: error, job: 'revocation publisher' }, 'the lease was not let go: it runs out by itself'),
      );
    },
  };
}
