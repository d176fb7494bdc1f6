import { createHmac, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blindIndex, hmacFields, keyedHash } from '#keys/keyed-hash.ts';
import { staticKeyring } from '#keys/keyring.ts';

const old = randomBytes(32);
const live = randomBytes(32);
const keyring = staticKeyring('index', { k1: old, k2: live }, 'k2');
const before = staticKeyring('index', { k1: old }, 'k1');

describe('hmacFields', () => {
  test('is HMAC-SHA-256 over length-prefixed fields', () => {
    const input = Buffer.from('\0\0\0\x01a\0\0\0\x02bc', 'latin1');
    expect(hmacFields(live, ['a', 'bc'])).toEqual(createHmac('sha256', live).update(input).digest());
  });

  test('no two lists of fields collide', () => {
    const fields = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const same = Buffer.from(hmacFields(live, a)).equals(hmacFields(live, b));
        expect(same).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('blindIndex', () => {
  test('has a value under every live key, the current one first', () => {
    expect(blindIndex(keyring, 'auth.emails.email', 'a@example.test').map(({ keyId }) => keyId)).toEqual(['k2', 'k1']);
  });

  test('what was written before a rotation is found after it', () => {
    const [written] = blindIndex(before, 'auth.emails.email', 'a@example.test');
    expect(blindIndex(keyring, 'auth.emails.email', 'a@example.test')).toContainEqual(written);
  });

  test('the same value in two places does not look the same', () => {
    const digests = ['auth.emails.email', 'profile.contacts.email'].map(
      (context) => blindIndex(keyring, context, 'a@example.test')[0]?.digest,
    );
    expect(digests[0]).not.toEqual(digests[1]);
  });
});

describe('keyedHash', () => {
  test('depends on key, context and value, and is no blind index', () => {
    const hash = keyedHash(keyring, 'login', 'a@example.test');
    expect(keyedHash(keyring.current(), 'login', 'a@example.test')).toEqual(hash);
    expect(keyedHash(before, 'login', 'a@example.test')).not.toEqual(hash);
    expect(keyedHash(keyring, 'register', 'a@example.test')).not.toEqual(hash);
    expect(keyedHash(keyring, 'login', 'b@example.test')).not.toEqual(hash);
    expect(blindIndex(keyring, 'login', 'a@example.test')[0]?.digest).not.toEqual(hash);
  });
});
