import type { IncomingMessage } from 'node:http';
import type { Actor, LimitDetails } from '@bank/domain';
import type { AccessClaims, Proven } from '@bank/verifier';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { readCookie } from '#http/contract/cookie.ts';
import type { HttpMethod, HttpRequest } from '#http/contract/request.ts';
import { type ByteSource, noSource } from '#http/input/body.ts';
import type { ClientAddresses } from '#http/input/client-address.ts';
import { RequestScope } from '#runtime/request-scope.ts';

/** Node's request and response are there when the request came through a socket. */
export interface HttpEnv {
  Bindings: Partial<HttpBindings>;
}
export type HttpContext = Context<HttpEnv>;

const anonymous: Actor = Object.freeze({ kind: 'anonymous' });
const noBytes = new Uint8Array();
const nothing: Readonly<Record<string, string>> = Object.freeze({});
/** Requests handed in without a socket, as tests do. */
const localPeer = '127.0.0.1';

/** One request on its way through the guards, which fill in what they have checked. */
export class Exchange implements HttpRequest {
  /** The request's own verb, which for a `HEAD` differs from the route's method. */
  readonly verb: string;
  readonly method: HttpMethod;
  readonly scope: RequestScope;
  readonly limits: LimitDetails[] = [];
  actor: Actor = anonymous;
  claims: AccessClaims | undefined = undefined;
  proof: Proven | undefined = undefined;
  /** What the answer asks to be in the next proof. */
  proofNonce: string | undefined = undefined;
  /** The one tag of `If-Match` that is being tried. */
  expected: string | undefined = undefined;
  body: unknown = undefined;
  bytes: Uint8Array = noBytes;
  stream: ByteSource = noSource;
  query: Readonly<Record<string, string>> = nothing;
  readonly #context: HttpContext;
  readonly #incoming: IncomingMessage | undefined;
  readonly #addresses: ClientAddresses;

  constructor(context: HttpContext, addresses: ClientAddresses, timeoutMs: number) {
    this.#context = context;
    this.#incoming = context.env.incoming;
    this.#addresses = addresses;
    this.verb = context.req.raw.method;
    this.method = (this.verb === 'HEAD' ? 'GET' : this.verb) as HttpMethod;
    this.scope = new RequestScope({
      requestId: this.header('x-request-id'),
      traceparent: this.header('traceparent'),
      deadlineAt: Date.now() + timeoutMs,
      clientAddress: () => this.clientAddress,
    });
  }

  get path(): string {
    return this.#context.req.path;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#context.req.param();
  }

  get requestId(): string {
    return this.scope.requestId;
  }

  get clientAddress(): string {
    const peer = this.#incoming?.socket.remoteAddress ?? localPeer;
    return this.#addresses.of(peer, this.header('x-forwarded-for'));
  }

  /** The request target, query included. */
  get target(): string {
    return this.#context.req.raw.url;
  }

  header(name: string): string | undefined {
    if (this.#incoming === undefined) {
      return this.#context.req.raw.headers.get(name) ?? undefined;
    }
    const value = this.#incoming.headers[name.toLowerCase()];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  cookie(name: string): string | undefined {
    return readCookie(this.header('cookie'), name);
  }

  ifMatch(): string | undefined {
    return this.expected ?? this.header('if-match');
  }

  /** The body's bytes, read from the socket where there is one: the stream survives a refusal, so the answer gets out. */
  source(): ByteSource | undefined {
    return this.#incoming?.iterator({ destroyOnReturn: false }) ?? this.#context.req.raw.body ?? undefined;
  }
}
