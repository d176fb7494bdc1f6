import type { Route, RouteDescription } from '#http/contract/route.ts';

const template = /^(?:\/(?:[a-z0-9._-]+|:[a-z][A-Za-z0-9]*))+$/;
const limitName = /^[a-z][a-z0-9-]*$/;

/**
 * A static inventory of routes, checked when the module is loaded.
 * @throws TypeError naming the route that contradicts itself
 */
export function defineRoutes<C>(routes: readonly Route<C>[]): readonly Route<C>[] {
  checkRoutes(routes);
  return Object.freeze([...routes]);
}

/**
 * Refuses an inventory that contradicts itself: a route twice, a guard that needs a person on a public route, a body on
 * a GET, an undocumented answer.
 * @throws TypeError naming the route
 */
export function checkRoutes(routes: readonly RouteDescription[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    const problem = problemOf(route);
    if (problem !== undefined) {
      throw new TypeError(`${name}: ${problem}`);
    }
    const shape = name.replace(/:[^/]+/g, ':');
    if (seen.has(shape)) {
      throw new TypeError(`${name}: declared twice`);
    }
    seen.add(shape);
  }
}

function problemOf(route: RouteDescription): string | undefined {
  if (!template.test(route.path)) {
    return 'the path is not a template of lower-case segments and :parameters';
  }
  if (Object.keys(route.responses).length === 0) {
    return 'no response is declared';
  }
  if (route.produces?.length === 0) {
    return 'no media type of the answer is declared';
  }
  if (route.method === 'GET' && (route.body !== undefined || route.idempotent)) {
    return 'a GET has neither a body nor an Idempotency-Key';
  }
  if (route.idempotent && (route.method !== 'POST' || route.produces !== undefined)) {
    return 'only a POST that answers with JSON takes an Idempotency-Key';
  }
  if (route.limits?.some(({ name, points }) => !limitName.test(name) || points < 1)) {
    return 'a limit needs a lower-case name and at least one point';
  }
  if (route.proof !== undefined && route.access !== 'public') {
    return 'a proof comes alone where no token does';
  }
  return route.access === 'public' ? problemOfPublic(route) : undefined;
}

/** Guards that ask who it is make no sense where nobody has to say. */
function problemOfPublic(route: RouteDescription): string | undefined {
  if (route.stepUp !== undefined || route.idempotent || route.audiences !== undefined) {
    return 'a public route has no step-up, audiences or Idempotency-Key';
  }
  return route.limits?.some(({ by }) => by === 'user') ? 'a public route has no limit by user' : undefined;
}
