import fc from 'fast-check';
import { gzipBomb, hostileBytes, hostileHeaders, hostileUrlPart, hostileValue } from '#fuzz/hostile.ts';
import { arbitraryOf } from '#fuzz/schema-arbitrary.ts';
import type { RouteDescription } from '#http/contract/route.ts';

/** A request as it will be sent, and what is wrong with it. */
export interface RequestPlan {
  readonly attack: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

const json = { 'content-type': 'application/json' };

/** Requests for a route out of its own schemas: some right, most wrong in one way. */
export function plansFor(route: RouteDescription): fc.Arbitrary<RequestPlan> {
  const target = fc.tuple(pathOf(route, false), queryOf(route)).map(([path, query]) => path + query);
  const plans = [
    fc.record({ attack: fc.constant('path'), target: pathOf(route, true), headers: fc.constant(json) }),
    fc.record({ attack: fc.constant('query'), target: hostileQuery(route), headers: fc.constant(json) }),
  ];
  if (route.method === 'GET') {
    const plain = fc.record({ attack: fc.constant('headers'), target, headers: hostileHeaders });
    return fc.oneof(plain, ...plans);
  }
  return fc.oneof(...plans, ...bodyPlans(route, target));
}

function bodyPlans(route: RouteDescription, target: fc.Arbitrary<string>): fc.Arbitrary<RequestPlan>[] {
  const value = route.body === undefined ? fc.constant({}) : arbitraryOf(route.body);
  const valid = value.map((body) => JSON.stringify(body) ?? '{}');
  const plan = (attack: string, body: fc.Arbitrary<Uint8Array>, headers: fc.Arbitrary<Record<string, string>>) =>
    fc.tuple(target, body, headers).map(([url, bytes, extra]) => ({
      attack,
      target: url,
      headers: { ...json, ...extra },
      body: new Uint8Array(bytes),
    }));
  const none = fc.constant({});
  const bytesOf = (text: fc.Arbitrary<string>) => text.map((content) => new TextEncoder().encode(content));
  return [
    plan('valid', bytesOf(valid), none),
    plan('headers', bytesOf(valid), hostileHeaders),
    plan('value', bytesOf(mutated(value)), none),
    plan('value', bytesOf(mutated(value)), none),
    plan('bytes', valid.chain(hostileBytes), none),
    plan('gzip', fc.constant(gzipBomb), fc.constant({ 'content-encoding': 'gzip' })),
  ];
}

/** A right value with one member replaced, taken out, or added. */
function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(value, hostileValue, fc.nat(), fc.constantFrom('replace', 'remove', 'add')).map((parts) => {
    const [original, hostile, at, how] = parts;
    if (typeof original !== 'object' || original === null) {
      return JSON.stringify(hostile) ?? 'null';
    }
    const copy = structuredClone(original) as Record<string, unknown>;
    const keys = Object.keys(copy);
    const key = keys[at % Math.max(1, keys.length)] ?? 'extra';
    if (how === 'remove') {
      delete copy[key];
    } else {
      copy[how === 'add' ? 'unknownField' : key] = hostile;
    }
    return JSON.stringify(copy);
  });
}

function pathOf(route: RouteDescription, isHostile: boolean): fc.Arbitrary<string> {
  const params = route.params === undefined ? fc.constant({}) : arbitraryOf(route.params);
  return fc.tuple(params, fc.array(hostileUrlPart, { minLength: 5, maxLength: 5 })).map(([values, hostile]) => {
    let used = 0;
    return route.path.replace(/:([A-Za-z0-9]+)/g, (_, name: string) => {
      const fitting = (values as Record<string, unknown>)[name];
      const part = isHostile || fitting === undefined ? hostile[used] : encodeURIComponent(String(fitting));
      used += 1;
      return part ?? 'x';
    });
  });
}

function queryOf(route: RouteDescription): fc.Arbitrary<string> {
  if (route.query === undefined) {
    return fc.constant('');
  }
  return arbitraryOf(route.query).map((query) => {
    const pairs = Object.entries(query as Record<string, unknown>).map(([name, value]) => [name, String(value)]);
    const text = new URLSearchParams(pairs).toString();
    return text === '' ? '' : `?${text}`;
  });
}

/** Names of the route's own parameters and foreign ones, once or twice, with any value. */
function hostileQuery(route: RouteDescription): fc.Arbitrary<string> {
  const entries = (route.query as { entries?: object } | undefined)?.entries ?? {};
  const name = fc.oneof(fc.constantFrom(...Object.keys(entries), 'limit', 'cursor', '__proto__'), hostileUrlPart);
  const pair = fc.tuple(name, hostileUrlPart).map(([key, value]) => `${key}=${value}`);
  const pairs = fc.array(pair, { minLength: 1, maxLength: 4 });
  return fc.tuple(pathOf(route, false), pairs).map(([path, query]) => `${path}?${query.join('&')}`);
}
