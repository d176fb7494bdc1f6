import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPathParameters, parseQuery } from '#http/input/query.ts';

describe('parseQuery', () => {
  it('reads what URLSearchParams writes', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/__proto__|constructor|prototype|\0/.test(text));
    const value = fc.string().filter((text) => !text.includes('\0'));
    const parameters = fc.dictionary(name, value, { noNullPrototype: true });
    fc.assert(
      fc.property(parameters, (wanted) => {
        expect(parseQuery(`/v1/x?${new URLSearchParams(wanted)}`)).toEqual(wanted);
      }),
    );
  });

  it.each([
    ['a=1&a=2', 'duplicate_key'],
    ['a=1&%61=2', 'duplicate_key'],
    ['__proto__=1', 'prototype_key'],
    ['a=%ff', 'utf8'],
    ['a=%0', 'utf8'],
    ['a=%00', 'text'],
    [Array.from({ length: 51 }, (_, at) => `p${at}=`).join('&'), 'too_many'],
  ])('refuses %s', (query, rule) => {
    expect(() => parseQuery(`/?${query}`)).toThrow(
      expect.objectContaining({ code: 'request.malformed', details: { errors: [{ path: 'query', rule }] } }),
    );
  });

  it('gives an empty object without a query', () => {
    expect(parseQuery('/v1/x')).toEqual({});
    expect(parseQuery('/v1/x?')).toEqual({});
    expect(parseQuery('/v1/x?&')).toEqual({});
  });
});

describe('checkPathParameters', () => {
  it('refuses NUL and what did not decode', () => {
    expect(() => checkPathParameters({ id: 'a\0' })).toThrow(expect.objectContaining({ code: 'request.malformed' }));
    expect(() => checkPathParameters({ id: '%ff' })).toThrow(expect.objectContaining({ code: 'request.malformed' }));
    expect(() => checkPathParameters({ id: 'böse' })).not.toThrow();
  });
});
