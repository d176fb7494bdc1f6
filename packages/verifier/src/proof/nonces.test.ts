import { expect, it } from 'vitest';
import { createProofNonces } from '#proof/nonces.ts';

const [old, young] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const now = new Date('2026-01-01T00:00:00Z');

it('SR-60: nonces of the secret before are taken while it is exchanged, and those of a stranger never', () => {
  const nonce = createProofNonces(old).current(now);
  expect(createProofNonces(young, [old]).accepts(nonce, now)).toBe(true);
  expect(createProofNonces(young, [old]).current(now)).not.toBe(nonce);
  expect(createProofNonces(young).accepts(nonce, now)).toBe(false);
});

it('a secret that could be guessed is refused', () => {
  expect(() => createProofNonces(new Uint8Array(31))).toThrow(RangeError);
  expect(() => createProofNonces(young, [new Uint8Array(8)])).toThrow(RangeError);
});
