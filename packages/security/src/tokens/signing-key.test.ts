import { createPublicKey, randomBytes } from 'node:crypto';
import { compactVerify, importJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { SealBroken, sealWith } from '#sealing/seal.ts';
import { exportSealed, generateSigningKey, importSealed, publicJwk, signJwt } from '#tokens/signing-key.ts';

const kek = staticKeyring('kek', { k1: randomBytes(32) }, 'k1');
const key = generateSigningKey('2026-01');

describe('signJwt', () => {
  const claims = { iss: 'https://id.example.test', sub: 'user-1', iat: 1_700_000_000.123, amr: ['pwd', 'ö'] };

  test('SR-52, SR-55: is an ES256 JWS of its type and key, which another implementation verifies', async () => {
    const token = signJwt(key, 'at+jwt', claims);
    const { payload, protectedHeader } = await jwtVerify(token, await importJWK(publicJwk(key)), {
      algorithms: ['ES256'],
      typ: 'at+jwt',
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: '2026-01' });
    expect(payload).toEqual(claims);
  });

  test('SR-57: has three parts of base64url and a signature of 64 bytes', () => {
    for (let round = 0; round < 100; round += 1) {
      const [, , signature = ''] = signJwt(key, 'at+jwt', claims).split('.');
      expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
    }
  });

  test('does not verify under another key', async () => {
    const other = await importJWK(publicJwk(generateSigningKey('2026-01')), 'ES256');
    await expect(compactVerify(signJwt(key, 'at+jwt', claims), other)).rejects.toThrow();
  });
});

describe('publicJwk', () => {
  test('SR-58: has public members only', () => {
    const jwk = publicJwk(key);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(createPublicKey({ key: { ...jwk }, format: 'jwk' }).equals(createPublicKey(key.privateKey))).toBe(true);
  });
});

describe('SR-84: at rest', () => {
  const sealed = exportSealed(key, kek);

  test('a sealed key comes back as it was', () => {
    expect(publicJwk(importSealed('2026-01', sealed, kek))).toEqual(publicJwk(key));
  });

  test('a sealed key shows nothing of itself', () => {
    const { d = '' } = key.privateKey.export({ format: 'jwk' });
    expect(Buffer.from(sealed).includes(Buffer.from(d, 'base64url'))).toBe(false);
  });

  test('a sealed key is bound to its kid and its key-encryption key', () => {
    expect(() => importSealed('2026-02', sealed, kek)).toThrow(SealBroken);
    const other = staticKeyring('kek', { k1: randomBytes(32) }, 'k1');
    expect(() => importSealed('2026-01', sealed, other)).toThrow(SealBroken);
  });

  test('a key on another curve is not taken', () => {
    const foreign = sealWith(kek, ed25519(), 'signing-key:x');
    expect(() => importSealed('x', foreign, kek)).toThrow(TypeError);
  });
});

/** A private Ed25519 key in PKCS #8 (RFC 8410 §10.3). */
function ed25519(): Uint8Array {
  return Buffer.from(
    '302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842',
    'hex',
  );
}
