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

/**
 * The same for what is refused until a moment and not by a limit of the route, such as a lock: nothing is left of it, beside what is
 * left of the limits that were counted. It goes by the code of its error and has no policy that a client could keep to.
 */
export function lockHeaders(code: string, seconds: number, counted: readonly LimitDetails[]): Record<string, string> {
  const lock = `"${code}";r=0;t=${seconds}`;
  if (counted.length === 0) return { ratelimit: lock };
  const { ratelimit, ...policy } = limitHeaders(counted);
  return { ...policy, ratelimit: `${ratelimit}, ${lock}` };
}
