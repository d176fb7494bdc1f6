import { DomainError } from '@bank/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '#http/input/json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function ruleOf(input: string | Uint8Array): string | undefined {
  try {
    parseJson(typeof input === 'string' ? bytes(input) : input);
    return undefined;
  } catch (error) {
    return error instanceof DomainError && error.code === 'request.malformed'
      ? error.details.errors?.[0]?.rule
      : 'other';
  }
}

describe('parseJson', () => {
  it('agrees with JSON.parse on everything that is harmless', () => {
    const harmless = fc
      .json({ maxDepth: 6 })
      .filter((text) => !/__proto__|constructor|prototype|\\u0000|\\ud/i.test(text));
    fc.assert(
      fc.property(harmless, (text) => {
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('answers any bytes with a value or a named rule', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\ue0 ') }).map(bytes)),
        (input) => {
          expect(ruleOf(input)).not.toBe('other');
        },
      ),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'duplicate_key'],
    ['[{"b":{"a":1 , "a" : 2}}]', 'duplicate_key'],
    ['{"__proto__":{}}', 'prototype_key'],
    ['{"\\u005f_proto__":{}}', 'prototype_key'],
    ['{"a":{"constructor":1}}', 'prototype_key'],
    ['"\\u0000"', 'text'],
    ['{"a\\u0000":1}', 'text'],
    ['"\\ud800"', 'text'],
    ['"\u0000"', 'json'],
    ['\ufeff{}', 'json'],
    ['{"a":1', 'json'],
    ['"a\\"', 'json'],
    ['', 'json'],
    [`${'['.repeat(21)}${']'.repeat(21)}`, 'depth'],
    ['['.repeat(60_000), 'depth'],
  ])('refuses %j as %s', (text, rule) => {
    expect(ruleOf(text)).toBe(rule);
  });

  it('refuses what is not UTF-8', () => {
    expect(ruleOf(new Uint8Array([0x22, 0xff, 0x22]))).toBe('utf8');
    expect(ruleOf(new Uint8Array([0x22, 0xc0, 0xaf, 0x22]))).toBe('utf8');
  });

  it('takes the same key in different objects, and keys as values', () => {
    expect(parseJson(bytes('[{"a":"a"},{"a":"constructor"},"__proto__"]'))).toEqual([
      { a: 'a' },
      { a: 'constructor' },
      '__proto__',
    ]);
  });

  it('stays linear on many backslashes', () => {
    const startedAt = performance.now();
    ruleOf(`"${'\\'.repeat(60_000)}"`);
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});
