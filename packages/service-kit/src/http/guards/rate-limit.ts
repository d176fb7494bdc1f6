import type { LimitDetails } from '@bank/domain';
import { DomainError, userKey } from '@bank/domain';
import type { HttpRequest } from '#http/contract/request.ts';
import type { RouteLimit } from '#http/contract/route.ts';
import { type AddressGroup, addressGroups } from '#http/input/client-address.ts';

/** Counts points in windows, atomically and for all processes. When the store is away it fails or counts locally, never allows (SR-19). */
export interface RateLimitStore {
  /** Takes `cost` points, one unless said. What is below zero gives points back, also of somebody who was not allowed. */
  consume(key: string, limit: Window, cost?: number): Promise<WindowState>;
}

interface Window {
  readonly points: number;
  readonly windowSeconds: number;
}

interface WindowState {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
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
  const { name, by, windowSeconds } = limit;
  const points = by === 'address' ? limit.points * context.addressMultiplier : limit.points;
  const window = { points, windowSeconds };
  const state =
    by === 'address'
      ? await consumeByAddress(context.store, request.clientAddress, { ...limit, points })
      : await consume(context.store, keyOf({ name, by }, request), window);
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

/** All groups of the address at once. Whoever is refused by the narrower one costs its neighbours in the wider one nothing. */
async function consumeByAddress(
  store: RateLimitStore,
  address: string,
  { name, points, windowSeconds, siteTimes }: RouteLimit,
): Promise<WindowState> {
  const count = (group: AddressGroup, cost?: number) =>
    consume(store, `${name}:address:${group.name}`, { points: points * group.times, windowSeconds }, cost);
  const [own, site] = addressGroups(address, siteTimes);
  if (site === undefined) return await count(own);
  const [ofOwn, ofSite] = await Promise.all([count(own), count(site)]);
  if (!ofOwn.allowed) {
    await count(site, -1);
    return ofOwn;
  }
  return ofSite.allowed && ofOwn.remaining <= ofSite.remaining ? ofOwn : ofSite;
}

async function consume(store: RateLimitStore, key: string, window: Window, cost?: number): Promise<WindowState> {
  try {
    return await store.consume(key, window, cost);
  } catch (cause) {
    throw cause instanceof DomainError
      ? cause
      : new DomainError('service.unavailable', { reason: 'rate limits cannot be counted', cause });
  }
}

function keyOf({ name, by }: { name: string; by: Exclude<RouteLimit['by'], 'address'> }, request: HttpRequest): string {
  if (by === 'user') {
    return userKey(request.actor.kind === 'user' ? request.actor.userId : 'nobody', name);
  }
  return `${name}:${by(request)}`;
}
