import type { LimitDetails } from '@bank/domain';

/** `RateLimit-Policy` and `RateLimit` as structured lists (draft-ietf-httpapi-ratelimit-headers). */
export function limitHeaders(limits: readonly LimitDetails[]): Record<string, string> {
  return {
    'ratelimit-policy': limits
      .map(({ name, points, windowSeconds }) => `"${name}";q=${points};w=${windowSeconds}`)
      .join(', '),
    ratelimit: limits
      .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}
