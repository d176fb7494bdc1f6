import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseJwks } from '#jwks/document.ts';

function jwk(extra: Record<string, unknown> = {}): Record<string, unknown> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'k1', ...extra };
}

test('keys of the two algorithms are read', async () => {
  const edwards = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const keys = await parseJwks({ keys: [jwk({ alg: 'ES256', use: 'sig' }), { ...edwards, kid: 'k2' }] });
  expect([...keys].map(([kid, { algorithm }]) => [kid, algorithm])).toEqual([
    ['k1', 'ES256'],
    ['k2', 'EdDSA'],
  ]);
});

describe('passed over', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  test.each([
    ['RSA', { ...rsa, kid: 'k' }],
    ['another curve', { ...p384, kid: 'k' }],
    ['for encryption', jwk({ use: 'enc' })],
    ['of another algorithm', jwk({ alg: 'ECDH-ES' })],
    ['without kid', jwk({ kid: undefined })],
    ['with a strange kid', jwk({ kid: '../k1' })],
  ])('a key %s', async (_what, key) => {
    expect((await parseJwks({ keys: [key] })).size).toBe(0);
  });
});

describe('refused altogether', () => {
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  test.each([
    ['no set', null],
    ['no keys', {}],
    ['a text', { keys: ['k1'] }],
    ['two keys of one name', { keys: [jwk(), jwk()] }],
    ['a private key', { keys: [{ ...privateKey, kid: 'k1' }] }],
    ['a shared secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }] }],
    ['a point that is not on the curve', { keys: [jwk({ y: 'A'.repeat(43) })] }],
    ['more keys than anyone needs', { keys: Array.from({ length: 21 }, (_, n) => jwk({ kid: `k${n}` })) }],
  ])('%s', async (_what, document) => {
    await expect(parseJwks(document)).rejects.toThrow();
  });
});
