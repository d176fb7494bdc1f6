import { randomUUID } from 'node:crypto';
import type { IdempotencyScope, IdempotencyStore, RateLimitStore, StoredAnswer } from '#index.ts';

/** The rate-limit port over a map, for one process and without expiry. */
export function mapRateLimits(): RateLimitStore & { readonly used: Map<string, number> } {
  const used = new Map<string, number>();
  return {
    used,
    async consume(key, { points, windowSeconds }, cost = 1) {
      const count = (used.get(key) ?? 0) + cost;
      used.set(key, count);
      return { allowed: count <= points, remaining: Math.max(0, points - count), resetSeconds: windowSeconds };
    },
  };
}

interface Claimed {
  readonly claim: string;
  readonly requestHash: string;
  answer?: StoredAnswer;
}

/** The idempotency port over a map. */
export function mapIdempotency(): IdempotencyStore {
  const claims = new Map<string, Claimed>();
  const keyOf = ({ userId, route, key }: IdempotencyScope) => `${userId} ${route} ${key}`;
  return {
    async begin(scope, requestHash) {
      const hash = Buffer.from(requestHash).toString('hex');
      const known = claims.get(keyOf(scope));
      if (known === undefined) {
        const begun = { claim: randomUUID(), requestHash: hash };
        claims.set(keyOf(scope), begun);
        return { claim: begun.claim };
      }
      if (known.requestHash !== hash) {
        return 'conflict';
      }
      return known.answer === undefined ? 'running' : { replay: known.answer };
    },
    within: (_scope, _claim, work) => work(),
    async finish(scope, claim, answer) {
      const known = claims.get(keyOf(scope));
      if (known?.claim === claim) {
        known.answer = answer;
      }
    },
    async release(scope, claim) {
      if (claims.get(keyOf(scope))?.claim === claim) {
        claims.delete(keyOf(scope));
      }
    },
  };
}
