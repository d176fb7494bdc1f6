/** Header fields: `Headers` of the web, or an object whose names are in small letters, as Node has them. */
export type HeaderFields =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is looked at of a request. A `Request` of the web is one as it stands. */
export interface GuardedRequest {
  readonly method: string;
  /** As the client asked for it and before a router shortened it (`originalUrl` of Express): an absolute address, or its path. */
  readonly url: string;
  readonly headers: HeaderFields;
}

/**
 * A header field. One that came several times is one text with commas, which no token and no proof can be (RFC 9110 §5.3); of `authorization`
 * Node keeps the first alone unless its server was made with `joinDuplicateHeaders`.
 */
export function headerOf({ headers }: GuardedRequest, name: 'authorization' | 'dpop'): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/** The path that was asked for. Empty, which no proof is for, when there is none. */
export function pathOf({ url }: GuardedRequest): string {
  if (url.startsWith('/')) return url;
  return URL.canParse(url) ? new URL(url).pathname : '';
}
