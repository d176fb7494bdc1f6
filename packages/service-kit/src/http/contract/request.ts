import type { Actor } from '@bank/domain';
import type { AccessClaims, Proven } from '@bank/verifier';

/** `OPTIONS` is for a route that has an answer of its own: every other path answers it as a preflight, to anybody. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What a route's handler sees of a request: everything here has passed the kit's checks, nothing the feature's. */
export interface HttpRequest {
  readonly method: HttpMethod;
  /** The path as it was asked for, without the query. */
  readonly path: string;
  /** Who asks: `anonymous` on a public route, otherwise the person of the verified access token. */
  readonly actor: Actor;
  /** What the verified access token says; undefined on a public route. */
  readonly claims: AccessClaims | undefined;
  /** Whose key the request proved, on routes that take a proof; undefined when it brought none. */
  readonly proof: Proven | undefined;
  /** The parsed JSON body; undefined when the route has none. The feature parses it against its schema. */
  readonly body: unknown;
  /** The body as it came, for signatures over raw bytes. Empty when there is none. */
  readonly bytes: Uint8Array;
  /** The body of a `streamed` route, to be read once. @throws request.too_large, request.malformed while it is read */
  readonly stream: AsyncIterable<Uint8Array>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The client's address behind the trusted proxies, in canonical form. */
  readonly clientAddress: string;
  readonly requestId: string;
  header(name: string): string | undefined;
  /** The cookie of that name; undefined when it is missing or was sent twice. */
  cookie(name: string): string | undefined;
  /** The `If-Match` header as it came. `versionOf` reads it. */
  ifMatch(): string | undefined;
}
