import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context of this hop. */
  readonly traceparent: string;
  /** The whole address, for rate limits; log lines get its network only. */
  readonly clientAddress?: string;
  /** Who acts, as `kind:id`, e.g. `user:0198…`. */
  readonly actor?: string;
}

const safeRequestId = /^[\w.-]{8,64}$/;

/** The request id that somebody else gave, when it is harmless to log, to keep and to hand on, else a new one. */
export function acceptRequestId(offered: unknown): string {
  return typeof offered === 'string' && safeRequestId.test(offered) ? offered : randomUUID();
}

const storage = new AsyncLocalStorage<RequestContext>();

/** What is known about the request (or message) being served, everywhere below it without passing it along. */
export const requestContext = {
  /** Runs `work` with this context; everything it starts, awaited or not, sees it. */
  run<T>(context: RequestContext, work: () => T): T {
    return storage.run(context, work);
  },

  /** The context of the running request, or undefined outside of one. */
  get(): RequestContext | undefined {
    return storage.getStore();
  },
};
