import { expect, test } from 'vitest';
import { mergeBanks } from './merge-banks.ts';

const bank = (code: string, name: string) => ({ code, name });
const merged = (one: { code: string; name: string }[], other: { code: string; name: string }[]) =>
  mergeBanks([
    { provider: 'one', banks: one },
    { provider: 'other', banks: other },
  ]).map(({ code, name, codes }) => [code, name, codes]);

test.each([
  [bank('044', 'Access Bank'), bank('044', 'Access Bank PLC')],
  [bank('50211', 'Kuda Bank'), bank('090267', 'Kuda')],
  [bank('011', 'First Bank of Nigeria'), bank('011', 'FIRST BANK PLC')],
  [bank('058', 'Guaranty Trust Bank'), bank('058', 'GTBank Plc - Guaranty')],
  [bank('105', 'Premium Trust Bank'), bank('105', 'PremiumTrust Bank')],
  [bank('1', 'Société Générale'), bank('2', 'Societe Generale')],
])('%j and %j are one bank, under the code of the first', (one, other) => {
  expect(merged([one], [other])).toEqual([[one.code, one.name, { one: one.code, other: other.code }]]);
});

test.each([
  [bank('044', 'Access Bank'), bank('063', 'Access Bank (Diamond)')],
  [bank('011', 'First Bank of Nigeria'), bank('214', 'First City Monument Bank')],
])('%j and %j are two', (one, other) => {
  expect(merged([one], [other])).toHaveLength(2);
});

test('a code that means another bank at the second provider leads nobody there', () => {
  expect(merged([bank('100', 'Suntrust Bank')], [bank('100', 'Opay')])).toEqual([
    ['100', 'Suntrust Bank', { one: '100' }],
  ]);
});

test('a list of one provider stands for itself, sorted by name', () => {
  const banks = [bank('2', 'Zenith'), bank('1', 'Access')];
  expect(mergeBanks([{ provider: 'one', banks }]).map(({ name }) => name)).toEqual(['Access', 'Zenith']);
});
