import type { Clock } from '@bank/domain';
import { DomainError } from '@bank/domain';
import type { ProofChecker } from '@bank/verifier';
import { Hono } from 'hono';
import { keepPromises } from '#http/answer/check-reply.ts';
import { noStore, securityHeaders } from '#http/answer/security-headers.ts';
import { whicheverMatches } from '#http/contract/conditional.ts';
import { checkRoutes } from '#http/contract/define-routes.ts';
import type { HttpReply } from '#http/contract/reply.ts';
import type { Route } from '#http/contract/route.ts';
import type { Exchange, HttpEnv } from '#http/exchange.ts';
import type { TokenVerifier } from '#http/guards/authentication.ts';
import { handleOnce, type IdempotencyStore } from '#http/guards/idempotency.ts';
import type { RateLimitStore } from '#http/guards/rate-limit.ts';
import { jsonType, producedTypes } from '#http/input/media-type.ts';
import { type Endpoint, type ServeContext, serve } from '#http/serve.ts';
import { type Step, stepsOf } from '#http/steps.ts';
import type { OpsPage } from '#ops/pages.ts';

export interface HttpAppOptions<C> extends ServeContext {
  readonly context: C;
  readonly routes: readonly Route<C>[];
  readonly pages: readonly OpsPage[];
  readonly verifier: TokenVerifier | undefined;
  readonly proofs: ProofChecker | undefined;
  readonly audiences: readonly string[] | undefined;
  readonly rateLimits: RateLimitStore;
  readonly idempotency: IdempotencyStore | undefined;
  readonly clock: Clock;
  readonly addressMultiplier: number;
  /** Holds every route to its description; for tests. */
  readonly checkReplies: boolean;
}

export type HttpFetch = (request: Request, env?: HttpEnv['Bindings']) => Response | Promise<Response>;

const noSocket: HttpEnv['Bindings'] = Object.freeze({});
const timeoutDefaultMs = 10_000;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const frame = { headers: { ...securityHeaders, ...noStore }, cacheable: false, produces: jsonType };
const cacheableFrame = { headers: securityHeaders, cacheable: true, produces: jsonType };

/**
 * The HTTP side of a service: the routes behind their guards, the operations pages, and an answer for everything else.
 * @throws TypeError when routes contradict each other or need what was not handed in
 */
export function createHttpApp<C>(options: HttpAppOptions<C>): HttpFetch {
  checkRoutes(options.routes);
  const app = new Hono<HttpEnv>();
  for (const page of options.pages) {
    app.get(page.path, (c) => serve(options, pageEndpoint(page), c));
  }
  for (const route of [...options.routes].sort(staticFirst)) {
    const endpoint = routeEndpoint(route, options);
    app.on(route.method, route.path, (c) => serve(options, endpoint, c));
  }
  app.notFound((c) => serve(options, unmatchedEndpoint(app, options), c));
  return (request, env = noSocket) => app.fetch(request, env);
}

/** `/v1/devices/sign-ins` must be asked before `/v1/devices/:id`: the router takes the first that fits. */
function staticFirst(a: { path: string }, b: { path: string }): number {
  const rank = (path: string) => path.replace(/:[^/]+/g, '~');
  const [left, right] = [rank(a.path), rank(b.path)];
  return Number(left > right) - Number(left < right);
}

function routeEndpoint<C>(route: Route<C>, options: HttpAppOptions<C>): Endpoint {
  const steps = stepsOf(route, {
    verifier: options.verifier,
    proofs: options.proofs,
    audiences: options.audiences,
    clock: options.clock,
    cors: options.cors,
    limits: { store: options.rateLimits, addressMultiplier: options.addressMultiplier },
  });
  const base = route.cacheable ? cacheableFrame : frame;
  return {
    template: route.path,
    timeoutMs: route.timeoutMs ?? timeoutDefaultMs,
    frame: { ...base, produces: producedTypes(route)[0] ?? jsonType },
    quiet: false,
    handle: handlerOf(route, steps, options),
  };
}

function handlerOf<C>(route: Route<C>, steps: readonly Step[], options: HttpAppOptions<C>): Endpoint['handle'] {
  const feature = featureOf(route, options);
  const run = route.ifMatch === undefined ? feature : whicheverMatches(feature);
  return async (exchange) => {
    await pass(steps, exchange);
    return run(exchange);
  };
}

function featureOf<C>(
  route: Route<C>,
  { checkReplies, context, idempotency, logger }: HttpAppOptions<C>,
): (exchange: Exchange) => Promise<HttpReply> {
  const name = `${route.method} ${route.path}`;
  const handle = checkReplies
    ? (exchange: Exchange) => keepPromises(route, () => route.handle(context, exchange))
    : (exchange: Exchange) => route.handle(context, exchange);
  if (!route.idempotent) {
    return handle;
  }
  if (idempotency === undefined) {
    throw new TypeError(`${name}: an idempotency store is needed`);
  }
  return (exchange) => handleOnce({ store: idempotency, logger }, name, exchange, () => handle(exchange));
}

/** Most steps answer at once; only those that wait are waited for. */
async function pass(steps: readonly Step[], exchange: Exchange): Promise<void> {
  for (const step of steps) {
    const waiting = step(exchange);
    if (waiting !== undefined) {
      await waiting;
    }
  }
}

function pageEndpoint(page: OpsPage): Endpoint {
  return { template: page.path, timeoutMs: timeoutDefaultMs, frame, quiet: true, handle: () => page.answer() };
}

function unmatchedEndpoint(app: Hono<HttpEnv>, { cors }: ServeContext): Endpoint {
  const handle = async (exchange: Exchange) => {
    const allowed: string[] = methods.filter((method) => app.router.match(method, exchange.path)[0].length > 0);
    if (allowed.length === 0) {
      throw new DomainError('request.unknown_route');
    }
    if (allowed.includes('GET')) {
      allowed.splice(1, 0, 'HEAD');
    }
    if (exchange.verb !== 'OPTIONS') {
      throw new DomainError('request.method_not_allowed', { details: { methods: [...allowed, 'OPTIONS'] } });
    }
    return { status: 204, headers: cors.preflight(exchange.header('origin'), allowed) };
  };
  return { template: 'unmatched', timeoutMs: timeoutDefaultMs, frame, quiet: false, handle };
}
