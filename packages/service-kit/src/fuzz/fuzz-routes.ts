import fc from 'fast-check';
import { canary } from '#fuzz/hostile.ts';
import { plansFor, type RequestPlan } from '#fuzz/request-plan.ts';
import type { RouteDescription } from '#http/contract/route.ts';

/** What is fuzzed: a composed service, or anything that answers requests, such as `{ fetch }` for real sockets. */
export interface FuzzTarget {
  fetch(request: Request): Promise<Response>;
}

export interface FuzzOptions {
  /** Headers that let a request past the guards, a fresh token for instance; asked for before each route. */
  readonly headers?: (route: RouteDescription) => Readonly<Record<string, string>> | Promise<Record<string, string>>;
  readonly runsPerRoute?: number;
  readonly seed?: number;
  /** `http://127.0.0.1:4101` when `fetch` goes over sockets. */
  readonly baseUrl?: string;
}

/** How often each status was answered, to see that the requests got anywhere. */
export type FuzzReport = Readonly<Record<number, number>>;

const runsDefault = 80;
const slowestMs = 250;
const triesWhenSlow = 8;
const baseUrlDefault = 'http://fuzz.test';

/**
 * Sends each route requests made from its own schemas: wrong types, missing and extra fields, huge and deep values, broken
 * JSON and UTF-8, NUL, keys twice and of the prototype, wrong media types, compressed bombs, hostile paths and queries.
 * No answer may be a 5xx, repeat what was sent in an error, be an error in another shape, or take over 250 ms.
 * @throws Error with route, request and seed of the first answer that breaks a rule
 */
export async function fuzzRoutes(
  target: FuzzTarget,
  routes: readonly RouteDescription[],
  options: FuzzOptions = {},
): Promise<FuzzReport> {
  const counts: Record<number, number> = {};
  for (const route of routes) {
    const headers = (await options.headers?.(route)) ?? {};
    const send = (plan: RequestPlan) => answerTo(target, route, plan, headers, options.baseUrl ?? baseUrlDefault);
    const property = fc.asyncProperty(plansFor(route), fc.ipV4(), async (plan, address) => {
      const status = await checkPlan(send, withAddress(plan, address));
      counts[status] = (counts[status] ?? 0) + 1;
    });
    const numRuns = options.runsPerRoute ?? runsDefault;
    const seed = options.seed === undefined ? {} : { seed: options.seed };
    await fc.assert(property, { numRuns, endOnFailure: true, ...seed }).catch((cause: unknown) => {
      throw new Error(`${route.method} ${route.path} ${describe(cause)}`, { cause });
    });
  }
  return counts;
}

/** The rule that was broken, and the seed to see it again. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return 'broke';
  }
  return `${cause.cause instanceof Error ? cause.cause.message : 'broke'}\n${cause.message}`;
}

/** Another client each time, or limits by address would soon answer everything. */
function withAddress(plan: RequestPlan, address: string): RequestPlan {
  return { ...plan, headers: { 'x-forwarded-for': address, ...plan.headers } };
}

interface Answer {
  readonly response: Response;
  readonly text: string;
  readonly durationMs: number;
}

async function answerTo(
  target: FuzzTarget,
  route: RouteDescription,
  plan: RequestPlan,
  headers: Readonly<Record<string, string>>,
  baseUrl: string,
): Promise<Answer> {
  const init: RequestInit = { method: route.method, headers: { ...headers, ...plan.headers }, redirect: 'manual' };
  const request = new Request(
    `${baseUrl}${plan.target}`,
    plan.body === undefined ? init : { ...init, body: plan.body },
  );
  const startedAt = performance.now();
  const response = await target.fetch(request);
  const text = await response.text();
  return { response, text, durationMs: performance.now() - startedAt };
}

async function checkPlan(send: (plan: RequestPlan) => Promise<Answer>, plan: RequestPlan): Promise<number> {
  let answer = await send(plan);
  // A pause of the machine is not the route's doing: slow is what is slow again and again.
  for (let attempt = 1; attempt < triesWhenSlow && answer.durationMs > slowestMs; attempt += 1) {
    answer = await send(plan);
  }
  const problem = problemOf(answer);
  if (problem !== undefined) {
    const body = plan.body === undefined ? '' : Buffer.from(plan.body.subarray(0, 300)).toString('latin1');
    throw new Error(
      `${problem} (attack: ${plan.attack})\n${plan.target}\n${JSON.stringify(plan.headers)}\n${body}\n→ ${answer.text}`,
    );
  }
  return answer.response.status;
}

function problemOf({ durationMs, response, text }: Answer): string | undefined {
  const { headers, status } = response;
  if (status >= 500) {
    return `answered ${status}`;
  }
  if (durationMs > slowestMs) {
    return `took ${Math.round(durationMs)} ms`;
  }
  if (status < 400) {
    return undefined;
  }
  const told = text + JSON.stringify([...headers]);
  if (told.includes(canary)) {
    return 'repeated what was sent';
  }
  return isProblem(headers, text, status) ? undefined : `answered ${status} in another shape`;
}

function isProblem(headers: Headers, text: string, status: number): boolean {
  if (headers.get('content-type') !== 'application/problem+json') {
    return false;
  }
  const problem = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return problem['status'] === status && typeof problem['code'] === 'string' && Array.isArray(problem['errors']);
}
