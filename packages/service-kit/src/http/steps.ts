import type { Clock } from '@bank/domain';
import { allow, DomainError, requireStepUp } from '@bank/domain';
import { type ProofChecker, presentedToken } from '@bank/verifier';
import { isBodyOptional } from '#http/contract/optional-body.ts';
import type { Route, RouteDescription } from '#http/contract/route.ts';
import type { Exchange } from '#http/exchange.ts';
import { checkAudience, type TokenVerifier, userActor } from '#http/guards/authentication.ts';
import type { CorsPolicy } from '#http/guards/cors.ts';
import { checkListener, listenerOf } from '#http/guards/listener.ts';
import { acceptProof, checkPossession, offerNonce } from '#http/guards/possession.ts';
import { consumeLimit, type LimitContext } from '#http/guards/rate-limit.ts';
import { limited, noSource, readBytes, refuseDeclaredLength } from '#http/input/body.ts';
import { parseJson } from '#http/input/json.ts';
import {
  acceptedTypes,
  isJson,
  jsonType,
  mediaTypeOf,
  producedTypes,
  refuseUnacceptable,
} from '#http/input/media-type.ts';
import { checkPathParameters, parseQuery } from '#http/input/query.ts';

/** One check on the way to the handler; it throws or fills in the exchange. */
export type Step = (exchange: Exchange) => void | Promise<void>;

export interface GuardContext {
  readonly verifier: TokenVerifier | undefined;
  readonly proofs: ProofChecker | undefined;
  readonly limits: LimitContext;
  readonly cors: CorsPolicy;
  readonly clock: Clock;
  readonly audiences: readonly string[] | undefined;
}

const bodyLimitDefaultBytes = 64 * 1024;
const jsonTypes = [jsonType];

/**
 * The checks of a route in their order, put together once. Cheap ones and those that protect the others come first:
 * nothing is read of a body before it is known that its sender may send it.
 */
export function stepsOf(route: RouteDescription, guards: GuardContext): readonly Step[] {
  const produces = producedTypes(route);
  const steps: Step[] = [(exchange) => refuseUnacceptable(exchange.header('accept'), produces)];
  if (route.method !== 'GET') {
    steps.push((exchange) => guards.cors.refuseForeignWrite(exchange));
  }
  steps.push(...limitSteps(route, guards.limits, ({ by }) => by === 'address'));
  if (route.access !== 'public') {
    steps.push(...identitySteps(route, guards));
  }
  if (route.proof !== undefined) {
    const look = { accepted: acceptProof, examined: offerNonce }[route.proof];
    steps.push((exchange) => look(exchange, guards.proofs));
  }
  steps.push(...limitSteps(route, guards.limits, ({ by }) => by === 'user'));
  if (route.ifMatch === 'required') {
    steps.push(requireIfMatch);
  }
  if (route.path.includes(':')) {
    steps.push((exchange) => checkPathParameters(exchange.params));
  }
  steps.push(route.query === undefined ? refuseQuery : readQuery);
  if (route.method !== 'GET') {
    steps.push(bodyStep(route));
  }
  steps.push(...limitSteps(route, guards.limits, ({ by }) => typeof by === 'function'));
  return steps;
}

function limitSteps(
  route: RouteDescription,
  context: LimitContext,
  belongs: (limit: NonNullable<Route<never>['limits']>[number]) => boolean,
): Step[] {
  return (route.limits ?? []).filter(belongs).map((limit) => async (exchange) => {
    exchange.limits.push(await consumeLimit(context, limit, exchange));
  });
}

function identitySteps(route: RouteDescription, { verifier, proofs, clock, audiences }: GuardContext): Step[] {
  if (verifier === undefined) {
    throw new TypeError(`${route.method} ${route.path}: a verifier is needed to know who asks`);
  }
  const steps: Step[] = [
    async (exchange) => {
      const presented = presentedToken(exchange.header('authorization'));
      const claims = await verifier.verify(presented.token);
      checkAudience(claims, route.audiences ?? audiences);
      checkListener(claims, listenerOf(exchange));
      const proof = await checkPossession(exchange, presented, claims, proofs);
      exchange.claims = claims;
      exchange.actor = userActor(claims);
      exchange.scope.identify(exchange.actor, { token: presented.token, proof });
    },
  ];
  const { access, stepUp } = route;
  if (typeof access === 'object') {
    steps.push((exchange) => void allow.permission(exchange.actor, access.permission));
  }
  if (stepUp !== undefined) {
    steps.push((exchange) => requireStepUp(exchange.actor, stepUp, clock.now()));
  }
  return steps;
}

function requireIfMatch(exchange: Exchange): void {
  if (exchange.ifMatch() === undefined) {
    throw new DomainError('request.precondition_required');
  }
}

function readQuery(exchange: Exchange): void {
  exchange.query = parseQuery(exchange.target);
}

function refuseQuery(exchange: Exchange): void {
  const names = Object.keys(parseQuery(exchange.target));
  if (names.length > 0) {
    throw unknownFields(names);
  }
}

function bodyStep(route: RouteDescription): Step {
  const limitBytes = route.bodyLimitBytes ?? bodyLimitDefaultBytes;
  const accepted = acceptedTypes(route);
  const typeOf = (exchange: Exchange) =>
    mediaTypeOf(exchange.header('content-type'), exchange.header('content-encoding'), accepted);
  const read = async (exchange: Exchange) => {
    refuseDeclaredLength(exchange.header('content-length'), limitBytes);
    const source = exchange.source();
    if (source !== undefined) {
      exchange.bytes = await readBytes(source, limitBytes);
    }
  };
  if (route.streamed) {
    return (exchange) => {
      typeOf(exchange);
      refuseDeclaredLength(exchange.header('content-length'), limitBytes);
      exchange.stream = limited(exchange.source() ?? noSource, limitBytes);
    };
  }
  if (route.body === undefined) {
    return async (exchange) => {
      await read(exchange);
      refuseBody(exchange);
    };
  }
  const contentOf = (exchange: Exchange, mediaType: string) =>
    isJson(mediaType) && route.rawBody !== true ? parseJson(exchange.bytes) : undefined;
  if (isBodyOptional(route)) {
    return async (exchange) => {
      await read(exchange);
      exchange.body = exchange.bytes.byteLength === 0 ? {} : contentOf(exchange, typeOf(exchange));
    };
  }
  return async (exchange) => {
    const mediaType = typeOf(exchange);
    await read(exchange);
    exchange.body = contentOf(exchange, mediaType);
  };
}

/** Some clients send `{}` where nothing is asked for; anything in it would be an unknown field. */
function refuseBody(exchange: Exchange): void {
  if (exchange.bytes.byteLength === 0) {
    return;
  }
  mediaTypeOf(exchange.header('content-type'), exchange.header('content-encoding'), jsonTypes);
  const body = parseJson(exchange.bytes);
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!isObject || Object.keys(body).length > 0) {
    throw unknownFields(isObject ? Object.keys(body) : []);
  }
}

/** Names that a client made up are not repeated. */
function unknownFields(names: readonly string[]): DomainError {
  const errors = names.length === 0 ? [{ path: '', rule: 'unknown_field' }] : names.slice(0, 20).map(asUnknownField);
  return new DomainError('request.invalid', { details: { errors } });
}

function asUnknownField(name: string) {
  return { path: /^[A-Za-z]\w{0,63}$/.test(name) ? name : '*', rule: 'unknown_field' };
}
