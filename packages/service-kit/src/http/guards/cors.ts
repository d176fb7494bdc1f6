import { DomainError } from '@bank/domain';

export interface CorsOptions {
  /** Exact origins (`https://app.bank.example`) that browsers may call from, with credentials. */
  readonly origins: readonly string[];
}

export interface CorsPolicy {
  /** The headers of an answer to a request with this `Origin`. */
  headers(origin: string | undefined): Readonly<Record<string, string>>;
  /** The headers of a preflight's answer. */
  preflight(origin: string | undefined, methods: readonly string[]): Readonly<Record<string, string>>;
  /**
   * Refuses a write that a foreign page made with our cookies (SR-61), the second line behind `SameSite=Strict`.
   * @throws auth.origin.refused
   */
  refuseForeignWrite(request: { header(name: string): string | undefined }): void;
}

const requestHeaders = 'Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, X-Request-Id, traceparent';
const answerHeaders =
  'DPoP-Nonce, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, traceparent';
const preflightSeconds = '600';

/** An allow-list of origins; an unknown origin gets an answer that no browser will hand to the page. */
export function createCorsPolicy({ origins }: CorsOptions): CorsPolicy {
  const vary = origins.length === 0 ? {} : { vary: 'Origin' };
  const granted = new Map(origins.map((origin) => [origin, grantHeaders(origin)]));
  const headers: CorsPolicy['headers'] = (origin) => (origin === undefined ? vary : (granted.get(origin) ?? vary));
  return {
    headers,
    preflight(origin, methods) {
      const allow = { allow: [...methods, 'OPTIONS'].join(', ') };
      if (origin === undefined || !granted.has(origin)) {
        return { ...allow, ...vary };
      }
      return {
        ...allow,
        ...headers(origin),
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': preflightSeconds,
      };
    },
    refuseForeignWrite(request) {
      if (request.header('cookie') === undefined) {
        return;
      }
      const origin = request.header('origin');
      const site = request.header('sec-fetch-site');
      const ours = origin === undefined ? site === undefined || site === 'same-origin' : granted.has(origin);
      if (!ours) {
        throw new DomainError('auth.origin.refused', { reason: 'cookies from a foreign origin' });
      }
    },
  };
}

function grantHeaders(origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': answerHeaders,
    vary: 'Origin',
  };
}
