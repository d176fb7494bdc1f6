import type { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { etagOf, versionOf } from '#http/contract/conditional.ts';
import { expiredCookie, readCookie, secureCookie, serialiseCookie } from '#http/contract/cookie.ts';
import { defineRoutes } from '#http/contract/define-routes.ts';
import { listQuery, pageOf, wholeListQuery } from '#http/contract/list.ts';
import type { Route } from '#http/contract/route.ts';

const route: Route<unknown> = {
  method: 'POST',
  path: '/v1/things/:id',
  summary: 'A thing',
  tag: 'things',
  access: 'user',
  responses: { 204: null },
  errors: [],
  handle: async () => ({ status: 204 }),
};

describe('defineRoutes', () => {
  it.each<[string, Partial<Route<unknown>>, RegExp]>([
    ['a path that is no template', { path: '/v1/Things' }, /template/],
    ['a trailing slash', { path: '/v1/things/' }, /template/],
    ['no response', { responses: {} }, /no response/],
    ['no media type of the answer', { produces: [] }, /media type/],
    ['a body on a GET', { method: 'GET', body: v.object({}) }, /GET/],
    ['an idempotent PUT', { method: 'PUT', idempotent: true }, /Idempotency-Key/],
    ['a key for an answer that cannot be kept', { idempotent: true, produces: 'text/csv' }, /Idempotency-Key/],
    ['step-up in public', { access: 'public', stepUp: { acr: 'aal2', maxAgeSeconds: 1 } }, /public/],
    ['an idempotent public route', { access: 'public', idempotent: true }, /public/],
    [
      'a public limit by user',
      { access: 'public', limits: [{ name: 'a', points: 1, windowSeconds: 1, by: 'user' }] },
      /limit by user/,
    ],
    ['a limit without points', { limits: [{ name: 'a', points: 0, windowSeconds: 1, by: 'user' }] }, /point/],
  ])('refuses %s', (_name, change, message) => {
    expect(() => defineRoutes([{ ...route, ...change }])).toThrow(message);
  });

  it('refuses a route twice, whatever its parameter is called', () => {
    expect(() => defineRoutes([route, { ...route, path: '/v1/things/:other' }])).toThrow(/twice/);
  });

  it('gives an inventory that nobody changes', () => {
    expect(Object.isFrozen(defineRoutes([route]))).toBe(true);
  });
});

describe('cookies', () => {
  it('have the one safe shape (SR-61)', () => {
    expect(serialiseCookie(secureCookie('__Secure-refresh', 'rt_a.b', { maxAgeSeconds: 60.7 }))).toBe(
      '__Secure-refresh=rt_a.b; Path=/v1/auth; Max-Age=60; Secure; HttpOnly; SameSite=Strict',
    );
    expect(expiredCookie('__Secure-refresh')).toMatchObject({ value: '', maxAgeSeconds: 0 });
  });

  it.each(['a;b', 'a b', 'a\r\nx: y', 'a,b'])('cannot hold %j', (value) => {
    expect(() => secureCookie('__Secure-refresh', value, { maxAgeSeconds: 1 })).toThrow(TypeError);
  });

  it('are read once or not at all', () => {
    expect(readCookie('a=1; __Secure-refresh=x; b=2', '__Secure-refresh')).toBe('x');
    expect(readCookie('__Secure-refresh=x; __Secure-refresh=y', '__Secure-refresh')).toBeUndefined();
    expect(readCookie(undefined, '__Secure-refresh')).toBeUndefined();
  });
});

describe('entity tags', () => {
  const versionIn = (header: string | undefined) => versionOf({ ifMatch: () => header });

  it('carry a version', () => {
    expect(versionIn(etagOf(7))).toBe(7);
    expect(versionIn(' "a,b", W/"v6" ,"v7",, "v8"')).toBe(7);
  });

  it.each<[string | undefined, DomainError['code']]>([
    [undefined, 'request.precondition_required'],
    ['*', 'request.precondition_required'],
    ['W/"v7"', 'request.precondition_failed'],
    ['"7"', 'request.precondition_failed'],
    ['v7', 'request.precondition_failed'],
    ['"v7", v8', 'request.precondition_failed'],
    ['"v1","v2","v3","v4","v5","v6"', 'request.precondition_failed'],
  ])('do not carry one in %s', (header, code) => {
    expect(() => versionIn(header)).toThrow(expect.objectContaining({ code }));
  });
});

describe('lists', () => {
  const schema = v.strictObject({ ...listQuery });

  it('have 20 items unless asked for 1 to 100', () => {
    expect(v.parse(schema, {})).toEqual({ limit: 20 });
    expect(v.parse(schema, { limit: '100', cursor: 'abc' })).toEqual({ limit: 100, cursor: 'abc' });
    for (const limit of ['0', '101', '-1', '1.5', '', 'x', '1e2']) {
      expect(v.safeParse(schema, { limit }).success).toBe(false);
    }
  });

  it('that are always whole take a limit too, and no cursor: none was ever given out', () => {
    const whole = v.strictObject(wholeListQuery);
    expect(v.parse(whole, {})).toEqual({});
    expect(v.parse(whole, { limit: '100' })).toEqual({ limit: 100 });
    for (const query of [{ limit: '0' }, { limit: '101' }, { cursor: 'abc' }, { page: '1' }]) {
      expect(v.safeParse(whole, query).success).toBe(false);
    }
  });

  it('end with a null cursor', () => {
    expect(pageOf([1, 2, 3], 2, String)).toEqual({ items: [1, 2], nextCursor: '2' });
    expect(pageOf([1, 2], 2, String)).toEqual({ items: [1, 2], nextCursor: null });
    expect(pageOf([], 2, String)).toEqual({ items: [], nextCursor: null });
  });
});
