import { DomainError, type UserId, userKey } from '@bank/domain';
import type { AppContext } from '#context.ts';

const daySeconds = 86_400;

/**
 * Counts a question about an account, whatever it is answered: each may disclose that there is one, so nobody asks about many.
 * @throws request.rate_limited
 */
export async function takeLookup(ctx: AppContext, userId: UserId): Promise<void> {
  const points = ctx.config.LOOKUPS_PER_USER_PER_DAY;
  const limit = { points, windowSeconds: daySeconds };
  const { allowed, resetSeconds } = await ctx.rateLimits.consume(userKey(userId, 'account-lookups'), limit);
  if (allowed) return;
  throw new DomainError('request.rate_limited', {
    reason: 'lookups of accounts',
    details: { retryAfterSeconds: resetSeconds },
  });
}
