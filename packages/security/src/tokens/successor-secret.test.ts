import { createHmac, randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import type { SuccessorInput } from '#tokens/successor-secret.ts';
import { successorSecret } from '#tokens/successor-secret.ts';

const k1 = randomBytes(32);
const keyring = staticKeyring('refresh', { k1 }, 'k1');
const rotated = staticKeyring('refresh', { k1, k2: randomBytes(32) }, 'k2');
const input: SuccessorInput = {
  family: '0190a5b6-0000-7000-8000-000000000001',
  generation: 258,
  presentedSecret: randomBytes(32),
  nonce: randomBytes(32),
};

describe('successorSecret', () => {
  test('SR-50: the same input gives the same secret, across a rotation of the derivation key', () => {
    const first = successorSecret(keyring, input);
    expect(first.secret).toHaveLength(32);
    expect(successorSecret(keyring, input)).toEqual(first);
    expect(successorSecret(rotated, { ...input, keyId: first.keyId })).toEqual(first);
    expect(successorSecret(rotated, input).keyId).toBe('k2');
  });

  test('is HMAC-SHA-256 over fields of fixed length', () => {
    const message = Buffer.concat([
      Buffer.from('refresh-successor-v1'),
      Buffer.from('0190a5b6000070008000000000000001', 'hex'),
      Buffer.from('0000000000000102', 'hex'),
      input.presentedSecret,
      input.nonce,
    ]);
    expect(successorSecret(keyring, input).secret).toEqual(createHmac('sha256', k1).update(message).digest());
  });

  test.each<[string, Partial<SuccessorInput>]>([
    ['family', { family: uuidv7() }],
    ['generation', { generation: 259 }],
    ['presented token', { presentedSecret: randomBytes(32) }],
    ['nonce', { nonce: randomBytes(32) }],
  ])('another %s gives another secret', (_, change) => {
    expect(successorSecret(keyring, { ...input, ...change }).secret).not.toEqual(
      successorSecret(keyring, input).secret,
    );
  });

  test.each<[string, Partial<SuccessorInput>]>([
    ['a family that is no UUID', { family: 'family' }],
    ['a negative generation', { generation: -1 }],
    ['a broken generation', { generation: 0.5 }],
    ['a short presented secret', { presentedSecret: randomBytes(31) }],
    ['a nonce that is gone', { nonce: new Uint8Array() }],
  ])('refuses %s', (_, change) => {
    expect(() => successorSecret(keyring, { ...input, ...change })).toThrow(TypeError);
  });

  test('refuses a derivation key that is gone', () => {
    expect(() => successorSecret(keyring, { ...input, keyId: 'k9' })).toThrow(RangeError);
  });
});
