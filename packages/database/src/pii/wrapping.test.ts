import { expect, test } from 'vitest';
import { randomKeys } from '#pii/wrapping.ts';

test('SR-84: keys that are made together are of 32 bytes, all different, and hold nothing of each other', () => {
  const keys = [...randomKeys(200), ...randomKeys(200)];
  expect(new Set(keys.map((key) => key.toHex())).size).toBe(400);
  expect(new Set(keys.map((key) => key.buffer.byteLength))).toEqual(new Set([32]));
});
