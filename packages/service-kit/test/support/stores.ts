import type { IdempotencyScope, IdempotencyStore, RateLimitStore, StoredAnswer } from '#index.ts';

/** The rate-limit port over a map, for one process and without expiry. */
export function mapRateLimits(): RateLimitStore & { readonly used: Map<string, number> } {
  const used = new Map<string, number>();
  return {
    used,
    async consume(key, { points, windowSeconds }) {
      const count = (used.get(key) ?? 0) + 1;
      used.set(key, count);
      return { allowed: count <= points, remaining: Math.max(0, points - count), resetSeconds: windowSeconds };
    },
  };
}

interface Claimed {
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
      const claim = claims.get(keyOf(scope));
      if (claim === undefined) {
        claims.set(keyOf(scope), { requestHash: hash });
        return 'new';
      }
      if (claim.requestHash !== hash) {
        return 'conflict';
      }
      return claim.answer === undefined ? 'running' : { replay: claim.answer };
    },
    async finish(scope, answer) {
      const claim = claims.get(keyOf(scope));
      if (claim !== undefined) {
        claim.answer = answer;
      }
    },
    async release(scope) {
      claims.delete(keyOf(scope));
    },
  };
}
