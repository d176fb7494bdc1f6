import { expect, it } from 'vitest';
import { isNewer } from '#contracts/version.ts';

it.each([
  ['1.2.4', '1.2.3', true],
  ['1.3.0', '1.2.9', true],
  ['2.0.0', '1.9.9', true],
  ['1.10.0', '1.9.0', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.2', '1.2.3', false],
  ['1.1.9', '1.2.0', false],
  ['v1.2.4', '1.2.3', false],
  ['1.2', '1.1.0', false],
  ['1.2.4-rc.1', '1.2.3', false],
])('%s after %s: %s', (next, current, expected) => {
  expect(isNewer(next, current)).toBe(expected);
});
