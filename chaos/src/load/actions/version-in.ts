import type { Exchange } from '#load/gateway-client.ts';

/** The version that an answer's ETag stands for; NaN without one. */
export function versionIn({ headers }: Pick<Exchange, 'headers'>): number {
  return Number(/\d+/.exec(headers.get('etag') ?? '')?.[0] ?? Number.NaN);
}
