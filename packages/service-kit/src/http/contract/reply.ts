import type { Cookie } from '#http/contract/cookie.ts';

export interface HttpReply {
  readonly status: number;
  /** Serialised as JSON; left out for an empty answer. */
  readonly body?: unknown;
  /** An answer that is not JSON, instead of `body`; its `content-type` is the route's `produces`, the first of several. */
  readonly raw?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly Cookie[];
  /** The entity tag, quotes included: `etagOf(version)`. */
  readonly etag?: string;
}

/** What may accompany a body. */
export type ReplyExtras = Omit<HttpReply, 'status' | 'body' | 'raw'>;

/** 200 with a body. */
export function ok(body: unknown, extras?: ReplyExtras): HttpReply {
  return { status: 200, body, ...extras };
}

/** 201 with the new resource and, where it has one, its address (RFC 9110 §15.3.2). */
export function created(body: unknown, extras?: ReplyExtras & { readonly location?: string }): HttpReply {
  const { location, ...rest } = extras ?? {};
  return location === undefined
    ? { status: 201, body, ...rest }
    : { status: 201, body, ...rest, headers: { ...rest.headers, location } };
}

/** 202: taken on, not done yet. */
export function accepted(body?: unknown, extras?: ReplyExtras): HttpReply {
  return { status: 202, body, ...extras };
}

/** 204 without a body. */
export function noContent(extras?: ReplyExtras): HttpReply {
  return { status: 204, ...extras };
}
