import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { FieldError } from '#errors/domain-error.ts';
import { DomainError } from '#errors/domain-error.ts';
import { parse } from '#errors/parse.ts';

const Order = v.strictObject({
  name: v.pipe(v.string(), v.minLength(2)),
  code: v.optional(v.pipe(v.string(), v.regex(/^\d{6}$/, 'six_digits'))),
  lines: v.optional(v.array(v.strictObject({ count: v.pipe(v.number(), v.integer()) }))),
  labels: v.optional(v.record(v.string(), v.string())),
});

function errorsOf(input: unknown): readonly FieldError[] | undefined {
  try {
    parse(Order, input);
  } catch (error) {
    return error instanceof DomainError && error.code === 'request.invalid' ? error.details.errors : undefined;
  }
  return [];
}

describe('parse', () => {
  test('answers the output of the schema', () => {
    expect(parse(v.pipe(v.string(), v.trim()), ' a ')).toBe('a');
  });

  test.each<[string, unknown, string, string]>([
    ['a missing field', {}, 'name', 'required'],
    ['a wrong type', { name: 1 }, 'name', 'string'],
    ['a broken rule', { name: 'x' }, 'name', 'min_length'],
    ['a rule with a name of its own', { name: 'xx', code: '12' }, 'code', 'six_digits'],
    ['an extra field', { name: 'xx', role: 'admin' }, 'role', 'unknown_field'],
    ['a nested field', { name: 'xx', lines: [{ count: 1 }, { count: 0.5 }] }, 'lines.1.count', 'integer'],
    ['a nested extra field', { name: 'xx', lines: [{ count: 1, price: 1 }] }, 'lines.0.price', 'unknown_field'],
    ['not an object', 'text', '', 'strict_object'],
    ['nothing', undefined, '', 'strict_object'],
  ])('names the place and the rule of %s', (_, input, path, rule) => {
    expect(errorsOf(input)).toEqual([{ path, rule }]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('SR-66: refuses the key %s', (key) => {
    expect(errorsOf(JSON.parse(`{"name":"xx","${key}":1}`))).toEqual([
      expect.objectContaining({ rule: 'unknown_field' }),
    ]);
  });

  test('does not repeat a key that is not a plain name', () => {
    expect(errorsOf({ name: 'xx', '<script>': 1 })).toEqual([{ path: '*', rule: 'unknown_field' }]);
    expect(errorsOf({ name: 'xx', labels: { 'a b': 1 } })).toEqual([{ path: 'labels.*', rule: 'string' }]);
  });

  test('tells of 20 problems at most', () => {
    expect(errorsOf({ name: 'xx', lines: Array.from({ length: 1000 }, () => ({})) })).toHaveLength(20);
  });

  test('SR-82: never repeats a value', () => {
    const canary = 'canary-7f3a';
    fc.assert(
      fc.property(fc.object({ values: [fc.constant(canary), fc.integer()] }), (input) => {
        try {
          parse(Order, input);
        } catch (error) {
          expect(JSON.stringify([error, String(error), (error as DomainError).details])).not.toContain(canary);
        }
      }),
    );
  });
});
