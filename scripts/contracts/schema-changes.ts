import { asList, asObject, asStrings, isObject, type UnknownObject } from '#contracts/json.ts';

/** Which way a value travels: what breaks a client that writes it does not break one that reads it, and the other way round. */
export type Direction = 'request' | 'response';

/** A pair of schemas at one place of the contract, each with the document its references point into. */
export interface SchemaPair {
  readonly where: string;
  readonly direction: Direction;
  readonly before: unknown;
  readonly after: unknown;
  readonly documents: { readonly before: UnknownObject; readonly after: UnknownObject };
}

/** A difference that breaks a client, in words. */
export interface BreakingChange {
  /** Place in the contract, such as `POST /v1/auth/login request body.identifier`. */
  readonly where: string;
  readonly what: string;
}

/** What in a schema (JSON Schema 2020-12 as OpenAPI 3.1 uses it) breaks a client of the one before. */
export function schemaChanges(pair: SchemaPair, visited: ReadonlySet<string> = new Set()): readonly BreakingChange[] {
  const references = `${referenceOf(pair.before)}→${referenceOf(pair.after)}`;
  if (visited.has(references)) return [];
  const inside = references === '→' ? visited : new Set([...visited, references]);
  const before = resolve(pair.before, pair.documents.before);
  const after = resolve(pair.after, pair.documents.after);
  if (alternativesOf(before) !== undefined || alternativesOf(after) !== undefined) {
    return alternativeChanges(pair, before, after, inside);
  }
  return [
    ...typeChanges(pair, before, after),
    ...enumChanges(pair, before, after),
    ...boundChanges(pair, before, after),
    ...propertyChanges(pair, before, after, inside),
    ...itemChanges(pair, before, after, inside),
  ];
}

function referenceOf(schema: unknown): string {
  const reference = asObject(schema)['$ref'];
  return typeof reference === 'string' ? reference : '';
}

function resolve(schema: unknown, document: UnknownObject): UnknownObject {
  const reference = referenceOf(schema);
  if (reference === '') return asObject(schema);
  const target = reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, key) => asObject(node)[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  return resolve(target, document);
}

function alternativesOf(schema: UnknownObject): readonly unknown[] | undefined {
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(alternatives) ? alternatives : undefined;
}

/** Whatever a client may send must still fit an alternative; whatever it may receive must fit one it knows. */
function alternativeChanges(
  pair: SchemaPair,
  before: UnknownObject,
  after: UnknownObject,
  visited: ReadonlySet<string>,
): readonly BreakingChange[] {
  const old = alternativesOf(before) ?? [before];
  const now = alternativesOf(after) ?? [after];
  const fits = (a: unknown, b: unknown): boolean =>
    schemaChanges({ ...pair, before: a, after: b }, visited).length === 0;
  if (pair.direction === 'request') {
    const lost = old.filter((a) => !now.some((b) => fits(a, b)));
    return lost.map(() => ({ where: pair.where, what: 'no longer accepts one of its alternatives' }));
  }
  const unknown = now.filter((b) => !old.some((a) => fits(a, b)));
  return unknown.map(() => ({ where: pair.where, what: 'may now hold an alternative that clients do not know' }));
}

/** The types a schema allows: those it names, or those of the values it lists; none when it allows any. */
function typesOf(schema: UnknownObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return asStrings(type);
  return [...new Set((valuesOf(schema) ?? []).map((value) => (value === null ? 'null' : typeof value)))];
}

function typeChanges({ where, direction }: SchemaPair, before: UnknownObject, after: UnknownObject): BreakingChange[] {
  const [narrow, wide] = direction === 'request' ? [before, after] : [after, before];
  const accepted = typesOf(wide);
  if (accepted.length === 0) return [];
  const holds = (type: string): boolean =>
    accepted.includes(type) || (type === 'integer' && accepted.includes('number'));
  const given = typesOf(narrow);
  if (given.length > 0 && given.every(holds)) return [];
  const words = (schema: UnknownObject): string => typesOf(schema).join(' or ') || 'anything';
  return [{ where, what: `type changed from ${words(before)} to ${words(after)}` }];
}

function valuesOf(schema: UnknownObject): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return 'enum' in schema ? asList(schema['enum']) : undefined;
}

/** A client must tolerate a value it does not know in an answer, so only a request's list of values may not shrink. */
function enumChanges({ where, direction }: SchemaPair, before: UnknownObject, after: UnknownObject): BreakingChange[] {
  const now = valuesOf(after);
  if (direction === 'response' || now === undefined) return [];
  const old = valuesOf(before);
  if (old === undefined) return [{ where, what: 'is now limited to a list of values' }];
  const lost = old.filter((value) => !now.includes(value));
  return lost.length === 0
    ? []
    : [{ where, what: `no longer accepts ${lost.map((value) => JSON.stringify(value)).join(', ')}` }];
}

const upperBounds = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];
const lowerBounds = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];
const exactBounds = ['pattern', 'format', 'uniqueItems', 'multipleOf'];

function boundChanges({ where, direction }: SchemaPair, before: UnknownObject, after: UnknownObject): BreakingChange[] {
  const formatChanged = 'format' in before && before['format'] !== after['format'];
  if (direction === 'response') {
    return formatChanged ? [{ where, what: `format ${String(before['format'])} changed` }] : [];
  }
  const tightened = (name: string, sign: 1 | -1): boolean => {
    const [old, now] = [before[name], after[name]];
    return typeof now === 'number' && (typeof old !== 'number' || (now - old) * sign > 0);
  };
  return [
    ...upperBounds.filter((name) => tightened(name, -1)),
    ...lowerBounds.filter((name) => tightened(name, 1)),
    ...exactBounds.filter((name) => name in after && after[name] !== before[name]),
  ].map((name) => ({ where, what: `${name} is now ${String(after[name])}` }));
}

function propertyChanges(
  pair: SchemaPair,
  before: UnknownObject,
  after: UnknownObject,
  visited: ReadonlySet<string>,
): BreakingChange[] {
  const [old, now] = [asObject(before['properties']), asObject(after['properties'])];
  const [oldRequired, nowRequired] = [asStrings(before['required']), asStrings(after['required'])];
  const at = (name: string): string => `${pair.where}.${name}`;
  const nested = Object.keys(old).flatMap((name) =>
    name in now
      ? schemaChanges({ ...pair, where: at(name), before: old[name], after: now[name] }, visited)
      : [{ where: at(name), what: 'removed' }],
  );
  const required =
    pair.direction === 'request'
      ? nowRequired
          .filter((name) => !oldRequired.includes(name))
          .map((name) => ({ where: at(name), what: 'is now required' }))
      : oldRequired
          .filter((name) => name in now && !nowRequired.includes(name))
          .map((name) => ({ where: at(name), what: 'may now be absent' }));
  return [...nested, ...required, ...extraPropertyChanges(pair, before, after, visited)];
}

function extraPropertyChanges(
  pair: SchemaPair,
  before: UnknownObject,
  after: UnknownObject,
  visited: ReadonlySet<string>,
): readonly BreakingChange[] {
  const [old, now] = [before['additionalProperties'], after['additionalProperties']];
  if (isObject(old) && isObject(now)) {
    return schemaChanges({ ...pair, where: `${pair.where}.*`, before: old, after: now }, visited);
  }
  if (pair.direction === 'request' && old !== false && now === false && typesOf(before).includes('object')) {
    return [{ where: pair.where, what: 'no longer accepts fields it does not name' }];
  }
  return [];
}

function itemChanges(
  pair: SchemaPair,
  before: UnknownObject,
  after: UnknownObject,
  visited: ReadonlySet<string>,
): readonly BreakingChange[] {
  if (!isObject(before['items']) || !isObject(after['items'])) return [];
  return schemaChanges({ ...pair, where: `${pair.where}[]`, before: before['items'], after: after['items'] }, visited);
}
