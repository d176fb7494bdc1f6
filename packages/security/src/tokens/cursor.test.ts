import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { createCursorCodec } from '#tokens/cursor.ts';

const k1 = randomBytes(32);
const codec = createCursorCodec(staticKeyring('cursor', { k1 }, 'k1'));
const rotated = createCursorCodec(staticKeyring('cursor', { k1, k2: randomBytes(32) }, 'k2'));
const refusal = expect.objectContaining({
  code: 'request.invalid',
  details: { errors: [{ path: 'cursor', rule: 'cursor' }] },
});

describe('SR-74: cursors', () => {
  const cursor = codec.encode({ after: 'user-1' }, 'sessions:user-1');

  test('come back as they went', () => {
    const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    fc.assert(
      fc.property(values, fc.string(), (value, context) => {
        expect(codec.decode(codec.encode(value, context), context)).toEqual({ ...value });
      }),
    );
  });

  test('can stand in a query as they are, and show nothing', () => {
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('user-1');
    expect(codec.encode({ after: 'user-1' }, 'sessions:user-1')).not.toBe(cursor);
  });

  test('survive a rotation of the key', () => {
    expect(rotated.decode(cursor, 'sessions:user-1')).toEqual({ after: 'user-1' });
  });

  test('are refused in another list, of another user, and after the key is gone', () => {
    expect(() => codec.decode(cursor, 'sessions:user-2')).toThrow(refusal);
    expect(() => codec.decode(rotated.encode({}, 'sessions:user-1'), 'sessions:user-1')).toThrow(refusal);
  });

  test.each([
    ['empty', ''],
    ['another text', 'eyJhZnRlciI6MX0'],
    ['padded', `${cursor}=`],
    ['cut', cursor.slice(0, -2)],
    ['injected', "' or 1=1 --"],
    ['huge', 'A'.repeat(100_000)],
  ])('are refused when %s', (_, altered) => {
    expect(() => codec.decode(altered, 'sessions:user-1')).toThrow(refusal);
  });

  test('are refused with any other character changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: cursor.length - 1 }),
        fc.constantFrom('A', 'z', '-', '.'),
        (at, character) => {
          const altered = cursor.slice(0, at) + character + cursor.slice(at + 1);
          fc.pre(altered !== cursor);
          expect(() => codec.decode(altered, 'sessions:user-1')).toThrow(refusal);
        },
      ),
    );
  });
});
