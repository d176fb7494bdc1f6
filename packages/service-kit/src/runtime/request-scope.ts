import type { Actor } from '@bank/domain';
import { acceptRequestId, newTraceparent, type RequestContext, requestContext } from '@bank/observability';

export interface ScopeOptions {
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  /** Epoch milliseconds; undefined for a stream that may last. */
  readonly deadlineAt: number | undefined;
  readonly clientAddress?: () => string;
}

/** What a person asks with: their access token and, when that is bound to a key, the proof of this request. */
export interface UserCredential {
  readonly token: string;
  readonly proof: string | undefined;
}

/**
 * What travels with a request through everything that it starts: ids for logs and the next hop, the deadline, and the
 * person's credential for calls on their behalf. That is private, so that nothing prints it.
 */
export class RequestScope implements RequestContext {
  readonly requestId: string;
  readonly traceparent: string;
  readonly deadlineAt: number | undefined;
  readonly #clientAddress: (() => string) | undefined;
  #actor: string | undefined;
  #credential: UserCredential | undefined;

  constructor(options: ScopeOptions) {
    this.requestId = acceptRequestId(options.requestId);
    this.traceparent = newTraceparent(options.traceparent);
    this.deadlineAt = options.deadlineAt;
    this.#clientAddress = options.clientAddress;
  }

  get clientAddress(): string {
    return this.#clientAddress?.() ?? 'unknown';
  }

  get actor(): string {
    return this.#actor ?? 'anonymous';
  }

  get credential(): UserCredential | undefined {
    return this.#credential;
  }

  /** Notes who was found to be asking, and with which credential when it is a person. */
  identify(actor: Actor, credential?: UserCredential): void {
    this.#actor = nameOf(actor);
    this.#credential = credential;
  }
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`;
    case 'service':
      return `service:${actor.name}`;
    case 'system':
      return `system:${actor.task}`;
    default:
      return actor.kind;
  }
}

/** The scope of the running request; undefined in jobs and consumers. */
export function currentScope(): RequestScope | undefined {
  const context = requestContext.get();
  return context instanceof RequestScope ? context : undefined;
}
