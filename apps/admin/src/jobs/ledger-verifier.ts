import type { LedgerProblem } from '@bank/ledger';
import { createLoop, type Worker } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { measureVerification } from '#features/verification/measure-verification.ts';
import { verifyNext } from '#features/verification/verify-next.ts';

const name = 'ledger-verifier';

/** Has the ledger verified while it grows, in one process at a time: what is new each minute, the rest in turn. */
export function createLedgerVerifier(ctx: AppContext, { everyMs = 10_000 } = {}): Worker {
  measureVerification(ctx);
  let isStopping = false;
  let alarmed = '';

  /** People are told once of a problem, and again when it has become another one. */
  function alarm([first, ...others]: readonly LedgerProblem[]): void {
    const reason = first === undefined ? '' : reasonOf(first);
    if (first !== undefined && reason !== alarmed) {
      const err = new Error(reason);
      const count = others.length + 1;
      ctx.logger.error({ err, job: name, reason, count }, 'the ledger is not what was signed: verify it');
      ctx.errors.capture(err, { job: name });
    }
    alarmed = reason;
  }

  const loop = createLoop({
    name,
    everyMs,
    logger: ctx.logger,
    async work() {
      for (let isMore = true; isMore && !isStopping; ) {
        const verified = await verifyNext(ctx);
        if (verified !== undefined) alarm(verified.problems);
        isMore = verified?.isMore ?? false;
      }
    },
  });
  return {
    async start() {
      // The first round may be long: the service does not wait for it.
      void loop.start();
    },
    async stop() {
      isStopping = true;
      await loop.stop();
    },
  };
}

function reasonOf({ rule, shard, position, checkpoint, message }: LedgerProblem): string {
  const place = shard === undefined ? `checkpoint ${checkpoint}` : `shard ${shard}, position ${position}`;
  return `${place} (${rule}): ${message}`;
}
