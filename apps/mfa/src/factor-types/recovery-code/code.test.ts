import { expect, test } from 'vitest';
import { digestRecoveryCode, generateRecoveryCode } from './code.ts';

const user = '019aa000-0000-7000-8000-000000000001';

test('SR-27: a code has 120 bits in four groups, and is never the same', () => {
  const codes = Array.from({ length: 200 }, () => generateRecoveryCode());
  expect(codes.every((code) => /^([0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}$/.test(code))).toBe(true);
  expect(new Set(codes).size).toBe(200);
});

test('SR-23: every symbol occurs as often as the others', () => {
  const symbols = Array.from({ length: 2000 }, () => generateRecoveryCode().replaceAll('-', '')).join('');
  const counts = Object.values(Object.groupBy([...symbols], (symbol) => symbol)).map((all) => all?.length ?? 0);
  const expected = symbols.length / 32;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(counts).toHaveLength(32);
  expect(chiSquare).toBeLessThan(80); // 31 degrees of freedom: above 80 once in 300,000 runs
});

test('a code is the same however it is typed', () => {
  const written = digestRecoveryCode(user, '1O2I3L-AB4567-89CDEF-GHJKMN');
  expect(digestRecoveryCode(user, '102131ab456789cdefghjkmn')).toEqual(written);
  expect(digestRecoveryCode(user, ' 102131 AB4567 89CDEF GHJKMN ')).toEqual(written);
  expect(digestRecoveryCode(user, '102131-AB4567-89CDEF-GHJKMP')).not.toEqual(written);
});

test('the same code of another user is another', () => {
  const code = generateRecoveryCode();
  expect(digestRecoveryCode(user, code)).not.toEqual(digestRecoveryCode(user.replace(/1$/, '2'), code));
});
