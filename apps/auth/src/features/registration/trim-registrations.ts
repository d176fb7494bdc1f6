import type { AppContext } from '#context.ts';
import { removeUnused } from '#features/registration/remove-unused.ts';

/** Removes registrations that ran out, those that came to nothing with their data keys; how many. */
export function trimRegistrations(ctx: AppContext): Promise<number> {
  return removeUnused(ctx, 'registrations', async (tx, endedBefore, limit) => {
    const expired = await tx.registrations.removeExpired(endedBefore, limit);
    return expired.map(({ userId, verified }) => ({ userId, isUser: verified }));
  });
}
