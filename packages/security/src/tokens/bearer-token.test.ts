import { createHash } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameBytes } from '#keys/bytes.ts';
import { mintToken, readToken } from '#tokens/bearer-token.ts';

const id = uuidv7();

describe('mintToken', () => {
  test('SR-44: is prefix, id and 256 random bits; stored as a hash of the whole', () => {
    const { token, digest } = mintToken('rt', id);
    expect(token).toMatch(/^rt_[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
    expect(digest).toEqual(createHash('sha256').update(token).digest());
    expect(new Set(Array.from({ length: 100 }, () => mintToken('rt', id).token)).size).toBe(100);
  });

  test('takes a secret that was derived', () => {
    const secret = new Uint8Array(32).fill(7);
    expect(mintToken('rt', id, secret)).toEqual(mintToken('rt', id, secret));
    expect(readToken('rt', mintToken('rt', id, secret).token)?.secret).toEqual(Buffer.from(secret));
  });

  test.each<[string, string, string, Uint8Array?]>([
    ['a prefix with a separator', 'r_t', id],
    ['an empty prefix', '', id],
    ['an id that is no UUIDv7', 'rt', '1'],
    ['a short secret', 'rt', id, new Uint8Array(16)],
  ])('refuses %s', (_, prefix, tokenId, secret) => {
    expect(() => mintToken(prefix, tokenId, secret)).toThrow(TypeError);
  });
});

describe('SR-44: readToken', () => {
  const { token, digest } = mintToken('rt', id);
  const [head = '', secret = ''] = token.split('.');

  test('gives id and digest of a token', () => {
    const read = readToken('rt', token);
    expect(read?.id).toBe(id);
    expect(sameBytes(read?.digest ?? new Uint8Array(), digest)).toBe(true);
  });

  test.each([
    ['truncated', token.slice(0, -1)],
    ['truncated by whole bytes', token.slice(0, -3)],
    ['longer by whole bytes', `${head}.${Buffer.alloc(33).toString('base64url')}`],
    ['padded', `${token}=`],
    ['followed by a space', `${token} `],
    ['followed by a line', `${token}\n`],
    ['followed by NUL', `${token}\0`],
    ['in upper case', token.toUpperCase()],
    ['with an id in upper case', `rt_${id.toUpperCase()}.${secret}`],
    ['with a prefix in upper case', `RT${token.slice(2)}`],
    ['of another prefix', `at${token.slice(2)}`],
    ['without the prefix', token.slice(3)],
    ['without the secret', head],
    ['with another separator', token.replace('.', '_')],
    ['in the other alphabet', `${head}.${'+/'.repeat(21)}A`],
    ['with an id of another version', `rt_f47ac10b-58cc-4372-a567-0e02b2c3d479.${secret}`],
    ['empty', ''],
  ])('refuses one %s', (_, altered) => {
    expect(readToken('rt', altered)).toBeUndefined();
  });

  test('refuses the other spellings of the last character that decode to the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const bytes = Buffer.from(secret, 'base64url');
    const spellings = [...alphabet].map((last) => secret.slice(0, -1) + last);
    const same = spellings.filter((spelling) => Buffer.from(spelling, 'base64url').equals(bytes));
    expect(same).toHaveLength(4);
    expect(same.filter((spelling) => readToken('rt', `${head}.${spelling}`))).toEqual([secret]);
  });

  test('any other text is refused or is another token', () => {
    const position = fc.integer({ min: 0, max: token.length - 1 });
    fc.assert(
      fc.property(position, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (at, character) => {
        const altered = token.slice(0, at) + character + token.slice(at + 1);
        fc.pre(altered !== token);
        const read = readToken('rt', altered);
        expect(read === undefined || !sameBytes(read.digest, digest)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

test('sameBytes compares the whole value', () => {
  expect(sameBytes(Buffer.from('abc'), Buffer.from('abc'))).toBe(true);
  expect(sameBytes(Buffer.from('abc'), Buffer.from('abd'))).toBe(false);
  expect(sameBytes(Buffer.from('abc'), Buffer.from('ab'))).toBe(false);
});
