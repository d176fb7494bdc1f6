import type { DomainError } from '@bank/domain';
import type { ErrorTracker, Logger, Metrics } from '@bank/observability';
import { requestContext } from '@bank/observability';
import { type AnswerFrame, problemResponse, replyResponse } from '#http/answer/response.ts';
import type { HttpReply } from '#http/contract/reply.ts';
import { Exchange, type HttpContext } from '#http/exchange.ts';
import type { CorsPolicy } from '#http/guards/cors.ts';
import type { ClientAddresses } from '#http/input/client-address.ts';
import { asDomainError, withinTime } from '#runtime/failure.ts';
import type { Refusals } from '#runtime/refusals.ts';

/** Where a request ends up: a route, an operations page, or the answer to an address that does not exist. */
export interface Endpoint {
  /** The label in logs and metrics. */
  readonly template: string;
  readonly timeoutMs: number;
  readonly frame: AnswerFrame;
  /** Probes and scrapes, several a second, are logged at `debug`. */
  readonly quiet: boolean;
  handle(exchange: Exchange): Promise<HttpReply>;
}

export interface ServeContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly errors: ErrorTracker;
  readonly refusals: Refusals;
  readonly cors: CorsPolicy;
  readonly addresses: ClientAddresses;
  isDraining(): boolean;
}

/** Answers one request, whatever happens, and tells log and metrics about it (SR-82). */
export function serve(context: ServeContext, endpoint: Endpoint, http: HttpContext): Promise<Response> {
  const exchange = new Exchange(http, context.addresses, endpoint.timeoutMs);
  return requestContext.run(exchange.scope, () => answer(context, endpoint, exchange));
}

async function answer(context: ServeContext, endpoint: Endpoint, exchange: Exchange): Promise<Response> {
  const startedAt = performance.now();
  let response: Response;
  let failure: DomainError | undefined;
  try {
    const reply = await withinTime(endpoint.handle(exchange), endpoint.timeoutMs);
    response = replyResponse(reply, exchange, endpoint.frame, extraHeaders(context, exchange));
  } catch (error) {
    failure = asDomainError(error);
    await context.refusals.note(failure, exchange.actor, `${exchange.verb} ${endpoint.template}`);
    response = problemResponse(failure, exchange, endpoint.frame, extraHeaders(context, exchange));
    if (failure.kind === 'too_large' || failure.code === 'service.deadline') {
      // The rest of such a body will not be read.
      response.headers.set('connection', 'close');
    }
  }
  report(context, endpoint, exchange, { status: response.status, startedAt, failure });
  return response;
}

/** Asked for when the answer is ready: the service may have begun to stop meanwhile. */
function extraHeaders({ cors, isDraining }: ServeContext, exchange: Exchange): Record<string, string> {
  const headers: Record<string, string> = { ...cors.headers(exchange.header('origin')) };
  if (isDraining()) {
    headers['connection'] = 'close';
  }
  return headers;
}

interface Outcome {
  readonly status: number;
  readonly startedAt: number;
  readonly failure: DomainError | undefined;
}

function report(
  { logger, metrics, errors }: ServeContext,
  { template, quiet }: Endpoint,
  exchange: Exchange,
  { status, startedAt, failure }: Outcome,
): void {
  const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
  metrics.observeHttp({ method: exchange.verb, route: template, status }, durationMs / 1000);
  const fields = { method: exchange.verb, route: template, status, durationMs };
  if (failure === undefined) {
    logger[quiet ? 'debug' : 'info'](fields, 'request');
    return;
  }
  const { code, reason, kind } = failure;
  const told = { ...fields, code, ...(reason === undefined ? {} : { reason }) };
  if (kind === 'internal') {
    logger.error({ ...told, err: failure.cause ?? failure }, 'request failed');
    errors.capture(failure.cause ?? failure, { route: template, code });
  } else if (kind === 'unavailable') {
    logger.warn(failure.cause === undefined ? told : { ...told, err: failure.cause }, 'request not served');
  } else {
    logger.info(told, 'request');
  }
}
