import { DomainError, type UserId, userKey } from '@bank/domain';
import type { AppContext } from '#context.ts';

/** How often one user may do something within a window. */
interface UserLimit {
  readonly name: string;
  readonly points: number;
  readonly windowSeconds: number;
}

/** Counts what a user does, whatever comes of it. @throws request.rate_limited */
export async function takeFrom(ctx: AppContext, userId: UserId, { name, ...limit }: UserLimit): Promise<void> {
  const { allowed, resetSeconds } = await ctx.rateLimits.consume(userKey(userId, name), limit);
  if (allowed) return;
  throw new DomainError('request.rate_limited', { reason: name, details: { retryAfterSeconds: resetSeconds } });
}
