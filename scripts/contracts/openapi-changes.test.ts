import { describe, expect, it } from 'vitest';
import { asObject, type UnknownObject } from '#contracts/json.ts';
import { openApiChanges } from '#contracts/openapi-changes.ts';

const user = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'status'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    status: { enum: ['active', 'locked'] },
    manager: { $ref: '#/components/schemas/User' },
    phone: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
};

const rename = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64 },
    kind: { type: 'string', enum: ['a', 'b'] },
    tags: { type: 'array', items: { type: ['string', 'null'] } },
  },
};

/** A contract of one operation. */
const contract = {
  openapi: '3.1.0',
  paths: {
    '/v1/users/{id}': {
      patch: {
        security: [],
        parameters: [{ in: 'query', name: 'fields', schema: { type: 'string' } }],
        requestBody: { required: false, content: { 'application/json': { schema: rename } } },
        responses: {
          200: {
            headers: { ETag: { schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
          },
          404: { content: { 'application/problem+json': { schema: { type: 'object' } } } },
        },
      },
    },
  },
  components: { schemas: { User: user } },
};

/** The contract with one value replaced, or removed when it is undefined; the place is a path of keys. */
function changed(path: string, value: unknown): UnknownObject {
  const keys = path.split(' ');
  const replace = (node: unknown, depth: number): unknown => {
    const key = keys[depth];
    if (key === undefined) return value;
    if (Array.isArray(node)) return node.toSpliced(Number(key), 1, replace(node[Number(key)], depth + 1));
    const next = replace(asObject(node)[key], depth + 1);
    const { [key]: _, ...others } = asObject(node);
    return next === undefined ? others : { ...others, [key]: next };
  };
  return asObject(replace(contract, 0));
}

const operation = 'paths /v1/users/{id} patch';
const body = `${operation} requestBody content application/json schema`;
const answer = 'components schemas User';

describe('a break', () => {
  it.each<[what: string, path: string, value: unknown, expected: string]>([
    ['a removed path', 'paths /v1/users/{id}', undefined, '/v1/users/{id}: removed'],
    ['a removed method', operation, undefined, 'PATCH /v1/users/{id}: removed'],
    ['a removed parameter', `${operation} parameters`, [], 'query parameter fields: removed'],
    [
      'a required parameter',
      `${operation} parameters 1`,
      { in: 'query', name: 'at', required: true },
      'at: is now required',
    ],
    ['credentials asked for', `${operation} security`, [{ bearer: [] }], 'now asks for credentials'],
    ['a removed answer', `${operation} responses 404`, undefined, 'response 404: removed'],
    ['a removed header', `${operation} responses 200 headers`, {}, 'header ETag: removed'],
    ['another media type', `${operation} responses 200 content`, { 'text/plain': {} }, 'application/json removed'],
    ['a required body', `${operation} requestBody required`, true, 'request body: is now required'],
    ['a removed body', `${operation} requestBody`, undefined, 'request body: removed'],
    ['a required field', `${body} required`, ['name', 'kind'], 'body.kind: is now required'],
    ['a removed request field', `${body} properties kind`, undefined, 'body.kind: removed'],
    ['another type', `${body} properties name type`, 'integer', 'body.name: type changed from string to integer'],
    ['a narrower type', `${body} properties tags items type`, 'string', 'body.tags[]: type changed'],
    ['a narrower enum', `${body} properties kind enum`, ['a'], 'body.kind: no longer accepts "b"'],
    ['a new enum', `${body} properties name enum`, ['x'], 'body.name: is now limited'],
    ['a lower maximum', `${body} properties name maxLength`, 32, 'body.name: maxLength is now 32'],
    ['a higher minimum', `${body} properties name minLength`, 2, 'body.name: minLength is now 2'],
    ['a pattern', `${body} properties name pattern`, '^a', 'body.name: pattern is now ^a'],
    ['a removed answer field', `${answer} properties status`, undefined, 'response 200.status: removed'],
    ['an optional answer field', `${answer} required`, ['id'], 'response 200.status: may now be absent'],
    ['another format', `${answer} properties id format`, 'email', 'response 200.id: format uuid changed'],
    ['a wider answer type', `${answer} properties id type`, ['string', 'null'], 'response 200.id: type changed'],
    [
      'an unknown alternative',
      `${answer} properties phone anyOf`,
      [{ type: 'string' }, { type: 'number' }],
      'response 200.phone: may now hold',
    ],
  ])('is %s', (_, path, value, expected) => {
    const changes = openApiChanges(contract, changed(path, value));
    expect(changes.map(({ where, what }) => `${where}: ${what}`).join('\n')).toContain(expected);
  });
});

describe('no break', () => {
  it.each<[what: string, path: string, value: unknown]>([
    ['the same document', 'paths /v1/users/{id} summary', 'x'],
    ['a new path', 'paths /v1/other', { get: {} }],
    ['a new method', 'paths /v1/users/{id} delete', {}],
    ['an optional parameter', `${operation} parameters 1`, { in: 'query', name: 'at' }],
    ['a new error answer', `${operation} responses 409`, {}],
    ['a new answer field', `${answer} properties name`, { type: 'string' }],
    ['an optional request field', `${body} properties color`, { type: 'string' }],
    ['a field no longer required', `${body} required`, []],
    ['a wider enum', `${body} properties kind enum`, ['a', 'b', 'c']],
    ['a new value in an answer', `${answer} properties status enum`, ['active', 'locked', 'closed']],
    ['a higher maximum', `${body} properties name maxLength`, 128],
    ['a narrower answer type', `${answer} properties phone`, { type: 'string' }],
    ['more accepted types', `${body} properties name type`, ['string', 'number']],
  ])('is %s', (_, path, value) => {
    expect(openApiChanges(contract, changed(path, value))).toEqual([]);
  });
});
