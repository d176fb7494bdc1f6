import type { LimitDetails } from '@bank/domain';
import { DomainError, userKey } from '@bank/domain';
import type { HttpRequest } from '#http/contract/request.ts';
import type { RouteLimit } from '#http/contract/route.ts';
import { addressGroup } from '#http/input/client-address.ts';

/** Counts points in windows, atomically and for all processes. When the store is away it fails or counts locally, never allows (SR-19). */
export interface RateLimitStore {
  consume(
    key: string,
    limit: { readonly points: number; readonly windowSeconds: number },
  ): Promise<{ readonly allowed: boolean; readonly remaining: number; readonly resetSeconds: number }>;
}

export interface LimitContext {
  readonly store: RateLimitStore;
  /** Only development stacks, where everything comes from one address, have more than 1. */
  readonly addressMultiplier: number;
}

/**
 * Takes one point of a limit and tells what is left.
 * @throws request.rate_limited when there was none, service.unavailable when nobody can tell
 */
export async function consumeLimit(
  context: LimitContext,
  limit: RouteLimit,
  request: HttpRequest,
): Promise<LimitDetails> {
  const points = limit.by === 'address' ? limit.points * context.addressMultiplier : limit.points;
  const { name, windowSeconds } = limit;
  const state = await consume(context.store, keyOf(limit, request), { points, windowSeconds });
  const { remaining, resetSeconds } = state;
  const details = { name, points, remaining, windowSeconds, resetSeconds: Math.ceil(resetSeconds) };
  if (!state.allowed) {
    throw new DomainError('request.rate_limited', {
      reason: `limit ${name}`,
      details: { retryAfterSeconds: Math.max(1, details.resetSeconds), limit: { ...details, remaining: 0 } },
    });
  }
  return details;
}

async function consume(store: RateLimitStore, key: string, limit: { points: number; windowSeconds: number }) {
  try {
    return await store.consume(key, limit);
  } catch (cause) {
    throw cause instanceof DomainError
      ? cause
      : new DomainError('service.unavailable', { reason: 'rate limits cannot be counted', cause });
  }
}

function keyOf({ name, by }: RouteLimit, request: HttpRequest): string {
  if (by === 'address') {
    return `${name}:address:${addressGroup(request.clientAddress)}`;
  }
  if (by === 'user') {
    return userKey(request.actor.kind === 'user' ? request.actor.userId : 'nobody', name);
  }
  return `${name}:${by(request)}`;
}
