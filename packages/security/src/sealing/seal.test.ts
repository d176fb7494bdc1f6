import { createDecipheriv, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { open, openWith, SealBroken, seal, sealedKeyId, sealWith } from '#sealing/seal.ts';

const key = { id: 'k1', bytes: randomBytes(32) };
const aad = 'profile:profiles:names:user-1';
const plaintext = Buffer.from('Ada Lovelace');

describe('seal and open', () => {
  test('give back what was sealed, for any bytes and any place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ maxLength: 50 }), (bytes, place) => {
        expect(Buffer.from(open(key, seal(key, bytes, place), place))).toEqual(Buffer.from(bytes));
        expect(Buffer.from(open(key.bytes, seal(key.bytes, bytes, place), place))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('the record is version, key id, nonce, AES-256-GCM ciphertext and tag', () => {
    const sealed = Buffer.from(seal(key, plaintext, aad));
    expect(sealed.subarray(0, 4)).toEqual(Buffer.from([1, 2, ...Buffer.from('k1')]));
    expect(sealed).toHaveLength(4 + 12 + plaintext.length + 16);
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(4, 16));
    decipher.setAAD(Buffer.concat([sealed.subarray(0, 4), Buffer.from(aad)]));
    decipher.setAuthTag(sealed.subarray(-16));
    expect(Buffer.concat([decipher.update(sealed.subarray(16, -16)), decipher.final()])).toEqual(plaintext);
  });

  test('SR-84: no nonce comes twice', () => {
    const nonces = Array.from({ length: 1000 }, () => Buffer.from(seal(key, plaintext, aad)).toString('hex', 4, 16));
    expect(new Set(nonces).size).toBe(1000);
  });

  test('SR-84: any flipped bit, any missing or extra byte breaks it', () => {
    const sealed = seal(key, plaintext, aad);
    for (let position = 0; position < sealed.length * 8; position += 1) {
      const damaged = new Uint8Array(sealed);
      const at = Math.floor(position / 8);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (position % 8));
      expect(() => open(key, damaged, aad)).toThrow(SealBroken);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), aad)).toThrow(SealBroken);
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.alloc(1)]), aad)).toThrow(SealBroken);
  });

  test('SR-84: the records of two rows cannot be swapped', () => {
    const mine = seal(key, plaintext, 'profile:profiles:names:user-1');
    expect(() => open(key, mine, 'profile:profiles:names:user-2')).toThrow(SealBroken);
    expect(() => open(key, mine, '')).toThrow(SealBroken);
  });

  test('SR-84: the bytes of header and place cannot be shifted into each other', () => {
    const sealed = Buffer.from(seal({ id: 'k', bytes: key.bytes }, plaintext, '1place'));
    const shifted = Buffer.concat([Buffer.from([1, 2]), Buffer.from('k1'), sealed.subarray(3)]);
    expect(() => open({ id: 'k1', bytes: key.bytes }, shifted, 'place')).toThrow(SealBroken);
  });

  test('another key, or the same key by another name, does not open it', () => {
    const sealed = seal(key, plaintext, aad);
    expect(() => open({ id: 'k1', bytes: randomBytes(32) }, sealed, aad)).toThrow(SealBroken);
    expect(() => open({ id: 'k2', bytes: key.bytes }, sealed, aad)).toThrow(SealBroken);
    expect(() => open(key.bytes, sealed, aad)).toThrow(SealBroken);
  });

  test.each([16, 31, 33])('takes no key of %i bytes', (length) => {
    expect(() => seal(randomBytes(length), plaintext, aad)).toThrow(TypeError);
  });

  test('reads a record out of a larger buffer', () => {
    const sealed = seal(key, plaintext, aad);
    const pooled = new Uint8Array(sealed.length + 20);
    pooled.set(sealed, 10);
    expect(Buffer.from(open(key, pooled.subarray(10, 10 + sealed.length), aad))).toEqual(plaintext);
  });
});

describe('sealWith and openWith', () => {
  const old = staticKeyring('kek', { k1: key.bytes }, 'k1');
  const rotated = staticKeyring('kek', { k1: key.bytes, k2: randomBytes(32) }, 'k2');
  const finished = staticKeyring('kek', { k2: rotated.current().bytes }, 'k2');

  test('a record of before a rotation opens after it, and new ones use the new key', () => {
    const sealed = sealWith(old, plaintext, aad);
    expect(Buffer.from(openWith(rotated, sealed, aad))).toEqual(plaintext);
    expect(sealedKeyId(sealed)).toBe('k1');
    expect(sealedKeyId(sealWith(rotated, plaintext, aad))).toBe('k2');
  });

  test('a record whose key is gone does not open', () => {
    expect(() => openWith(finished, sealWith(old, plaintext, aad), aad)).toThrow(SealBroken);
  });
});
