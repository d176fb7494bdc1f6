import type { UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { takeFrom } from '#features/limit/take-from.ts';

const daySeconds = 86_400;

/**
 * Counts a question about an account, whatever it is answered: each may disclose that there is one, so nobody asks about many.
 * @throws request.rate_limited
 */
export async function takeLookup(ctx: AppContext, userId: UserId): Promise<void> {
  const points = ctx.config.LOOKUPS_PER_USER_PER_DAY;
  await takeFrom(ctx, userId, { name: 'account-lookups', points, windowSeconds: daySeconds });
}
