import { expect, test } from 'vitest';
import { maskNumber } from './mask-number.ts';

test.each([
  ['0123456789', '******6789'],
  ['12345678', '****5678'],
  ['123456', '***456'],
  ['AB/1', '**/1'],
  ['1', '*'],
])('of %s is shown %s', (number, shown) => {
  expect(maskNumber(number)).toBe(shown);
});
