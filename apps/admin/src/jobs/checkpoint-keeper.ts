import { randomUUID } from 'node:crypto';
import { CheckpointInvalid } from '@bank/ledger';
import { createLoop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { measureCheckpoints } from '#features/checkpoint/measure-checkpoints.ts';
import { releaseSigner, signNextCheckpoint } from '#features/checkpoint/sign-checkpoint.ts';

const everyMs = 500;
const name = 'checkpoints';

/** Signs checkpoints when they are due, in one process at a time, and keeps the file of each process whole. */
export function createCheckpointKeeper(ctx: AppContext): Worker {
  const holder = randomUUID();
  measureCheckpoints(ctx);
  const refusals = ctx.metrics.counter('ledger_checkpoint_refusals_total', 'Checkpoints that could not be vouched for');

  let alarmed = '';

  /** A ledger that contradicts what was signed is for people, once; everything else is tried again. */
  async function orAlarm(work: Promise<unknown>): Promise<boolean> {
    try {
      return (await work) === true;
    } catch (err) {
      if (!(err instanceof CheckpointInvalid)) throw err;
      refusals.inc();
      if (err.message !== alarmed) {
        ctx.logger.error({ err, job: name, reason: err.message }, 'the ledger is not what was signed: verify it');
        ctx.errors.capture(err, { job: name });
      }
      alarmed = err.message;
      return false;
    }
  }

  const loop = createLoop({
    name,
    everyMs,
    logger: ctx.logger,
    async work() {
      while (await orAlarm(signNextCheckpoint(ctx, holder)));
      await orAlarm(copyCheckpoints(ctx));
    },
  });
  return {
    start: () => loop.start(),
    async stop() {
      await loop.stop();
      await releaseSigner(ctx, holder).catch((err: unknown) =>
        ctx.logger.warn({ err, job: name }, 'the lease was not let go: it runs out by itself'),
      );
    },
  };
}
