import { DomainError } from '@bank/domain';
import { addressGroup } from '@bank/service-kit';
import type { AppContext } from '#context.ts';

/** A rate, never a consecutive count: many people may share an address, and one success clears nobody's name. */
const limit = { points: 100, windowSeconds: 600 };

/**
 * Refuses an address (an IPv6 /64) from which too many sign-ins have failed lately, before anything is looked up.
 * @throws request.rate_limited
 */
export async function requireFewFailures(ctx: AppContext, clientAddress: string): Promise<void> {
  const { allowed, resetSeconds } = await count(ctx, clientAddress, 0);
  if (!allowed) {
    throw new DomainError('request.rate_limited', {
      reason: 'failed sign-ins of the address',
      details: { retryAfterSeconds: resetSeconds },
    });
  }
}

/** Counts a failed sign-in of an address. */
export async function countFailure(ctx: AppContext, clientAddress: string): Promise<void> {
  await count(ctx, clientAddress, 1);
}

function count(ctx: AppContext, clientAddress: string, cost: 0 | 1) {
  const points = limit.points * ctx.config.RATE_LIMIT_IP_MULTIPLIER;
  const key = `sign-in-failures:${addressGroup(clientAddress)}`;
  return ctx.rateLimits.consume(key, { points, windowSeconds: limit.windowSeconds }, cost);
}
