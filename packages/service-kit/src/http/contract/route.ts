import type { AssuranceLevel, ErrorCode, Permission } from '@bank/domain';
import type { GenericSchema } from 'valibot';
import type { HttpReply } from '#http/contract/reply.ts';
import type { HttpMethod, HttpRequest } from '#http/contract/request.ts';

/** A rate: so many points in a window, per client address, per user, or per what the function says. */
export interface RouteLimit {
  /** Lower case with dashes; appears in `RateLimit` headers and in the key. */
  readonly name: string;
  readonly points: number;
  readonly windowSeconds: number;
  /**
   * `address` counts an IPv4 address or an IPv6 /64 before anything else is looked at. A function sees the parsed body;
   * what it returns goes into the key, so it must not be personal data: give a keyed hash.
   */
  readonly by: 'address' | 'user' | ((request: HttpRequest) => string);
  /** How many times the limit all addresses of an IPv6 /48 have together, by `address`; 16 unless said. */
  readonly siteTimes?: number;
}

export interface StepUp {
  readonly acr: AssuranceLevel;
  /** How old the last authentication may be. */
  readonly maxAgeSeconds: number;
}

/**
 * One endpoint, said once: routing, guards, OpenAPI, the fuzz tests, the authorisation matrix, metric labels and 405
 * all come from it. A route is static and reaches the app only through the `ctx` it is handed.
 */
export interface Route<C> {
  readonly method: HttpMethod;
  /** The template as metrics and logs show it: `/v1/devices/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** `user` is any signed-in person, a permission is for staff at `aal2`. */
  readonly access: 'public' | 'user' | { readonly permission: Permission };
  /** Audiences of the access token that open this route, when they differ from the service's. */
  readonly audiences?: readonly string[];
  readonly stepUp?: StepUp;
  /**
   * `accepted`: takes a proof of possession without a token, and whatever is issued can be bound to `request.proof` (RFC 9449 §5).
   * `examined`: the feature checks a proof that was made for another request than this one; the answer says what the next must hold.
   */
  readonly proof?: 'accepted' | 'examined';
  readonly params?: GenericSchema;
  /** Without it every query parameter is refused. */
  readonly query?: GenericSchema;
  /** For the document and the fuzz tests; the feature parses. Without it a body other than `{}` is refused. */
  readonly body?: GenericSchema;
  /** Media types of the body; JSON (for PATCH also JSON Merge Patch) unless said. Others than JSON arrive in `bytes` alone. */
  readonly mediaTypes?: readonly string[];
  /** The body arrives in `bytes` alone, whatever its type: the feature checks a signature over it before it reads it. */
  readonly rawBody?: true;
  /** The body is read by the handler, from `stream`, so that it never lies in memory as a whole. */
  readonly streamed?: true;
  /** Media type of the answer, `application/json` unless said; each that it may have, where the handler names the one it has. */
  readonly produces?: string | readonly string[];
  /** The body of each status that is a success; `null` for none. */
  readonly responses: Readonly<Record<number, GenericSchema | null>>;
  /** What the feature may answer, beside what the guards of this route answer by themselves. */
  readonly errors: readonly ErrorCode[];
  readonly limits?: readonly RouteLimit[];
  /** Takes `Idempotency-Key`. Not for routes that answer with secrets. */
  readonly idempotent?: true;
  /** Demands `If-Match` (428 without it). */
  readonly ifMatch?: 'required';
  /** Every success has an `ETag`: the version to name in `If-Match` from then on. Without it none has one. */
  readonly etag?: true;
  /** 64 KiB unless said. */
  readonly bodyLimitBytes?: number;
  /** How long the client waits at most; 10 s unless said. */
  readonly timeoutMs?: number;
  /** Lets the handler's own `cache-control` stand; every other answer is `no-store`. */
  readonly cacheable?: true;
  handle(ctx: C, request: HttpRequest): Promise<HttpReply>;
}

/** What tools need of a route: everything but its handler, so routes of different apps can stand in one list. */
export type RouteDescription = Omit<Route<never>, 'handle'>;
