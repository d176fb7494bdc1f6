import { expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { codeHashes, hashCode, matchesCode } from '#otp/short-code.ts';

const keys = { old: new Uint8Array(32).fill(1), new: new Uint8Array(32).fill(2) };
const before = staticKeyring('limits', keys, 'old');
const after = staticKeyring('limits', keys, 'new');
const use = { purpose: 'sign-in-code', binding: '0198-challenge' };

test('a stored hash stays what it is from release to release', () => {
  const hash = Buffer.from(hashCode(before, use, '123456')).toString('hex');
  expect(hash).toBe('e50c940fe9fa41de20c739ed0adfc4528c757449fcb54eb8d186448e2ab04462');
});

test('SR-24: a code is good for its purpose and what it was sent for, and no other', () => {
  const stored = hashCode(before, use, '123456');
  expect(matchesCode(before, use, '123456', stored)).toBe(true);
  expect(matchesCode(before, use, '123457', stored)).toBe(false);
  expect(matchesCode(before, { ...use, purpose: 'step-up-code' }, '123456', stored)).toBe(false);
  expect(matchesCode(before, { ...use, binding: '0198-other' }, '123456', stored)).toBe(false);
});

test('SR-26: a code outlives the exchange of the key that it was hashed with', () => {
  const stored = hashCode(before, use, '123456');
  expect(hashCode(after, use, '123456')).not.toEqual(stored);
  expect(matchesCode(after, use, '123456', stored)).toBe(true);
  expect(codeHashes(after, use, '123456')).toEqual([hashCode(after, use, '123456'), stored]);
});
