import type { AppContext } from '#context.ts';

/** Tells the metrics for how long the present key has signed: a rotation that stopped shows before tokens cannot be checked. */
export function measureKeyAge(ctx: AppContext): void {
  ctx.metrics.read('signing_key_age_seconds', 'For how long the key that signs tokens now has signed', {
    value: () => ctx.keyRing.signedForMs(ctx.clock.now()) / 1000,
  });
}
