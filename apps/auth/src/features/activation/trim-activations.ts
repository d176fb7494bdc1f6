import type { AppContext } from '#context.ts';
import { removeUnused } from '#features/registration/remove-unused.ts';

/** Removes invitations that ran out, those that nobody took with their data keys; how many. */
export function trimActivations(ctx: AppContext): Promise<number> {
  return removeUnused(ctx, 'activations', async (tx, endedBefore, limit) => {
    const expired = await tx.activations.removeExpired(endedBefore, limit);
    return expired.map(({ userId, activated }) => ({ userId, isUser: activated }));
  });
}
