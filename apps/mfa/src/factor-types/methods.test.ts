import { expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { methodProblems } from './methods.ts';
import { registered } from './registry.ts';

const kind = (name: string, methods: readonly string[], staffWorth: number, raises = true) => {
  return { name: name as FactorTypeName, methods, raises, staffWorth };
};

test('a token tells the kinds that there are apart, as far as it has to', () => {
  expect(methodProblems(registered)).toEqual([]);
});

test('SR-72: of two that raise by one method neither passes for the other', () => {
  const totp = kind('totp', ['otp'], 1);
  expect(methodProblems([totp, kind('paper_code', ['otp'], 0)])).toEqual([
    'totp and paper_code raise by one method, and are not worth the same for staff',
  ]);
  expect(methodProblems([totp, kind('paper_code', ['otp'], 1)])).toEqual([]);
  expect(methodProblems([totp, kind('paper_code', ['paper'], 0)])).toEqual([]);
  expect(methodProblems([totp, kind('paper_code', ['otp'], 0, false)])).toEqual([]);
});

test.each(['pwd', 'device', 'mfa', 'swk', 'hwk', 'user', 'recovery'])('no kind calls itself %s', (method) => {
  expect(methodProblems([kind('paper_code', [method], 0)])).toEqual([
    `paper_code: \`${method}\` in a token means something else than this kind`,
  ]);
});
