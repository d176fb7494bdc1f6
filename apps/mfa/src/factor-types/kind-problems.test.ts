import { expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { CodeResponse } from './code.ts';
import { kindProblems } from './kind-problems.ts';
import { registered } from './registry.ts';

type Kind = Parameters<typeof kindProblems>[0][number];

const paper: Kind = {
  name: 'paper_code' as FactorTypeName,
  methods: ['otp'],
  raises: true,
  isSent: false,
  staffWorth: 1,
  isPhishingResistant: false,
  isUnguessable: false,
  response: CodeResponse,
  purposes: ['sign_in', 'step_up'],
};
const totp: Kind = { ...paper, name: 'totp' };

test('the kinds that there are have none', () => {
  expect(kindProblems(registered)).toEqual([]);
  expect(kindProblems([totp, paper])).toEqual([]);
});

test('SR-72: of two that raise by one method neither passes for the other', () => {
  const lesser: Kind = { ...paper, staffWorth: 0 };
  expect(kindProblems([totp, lesser])).toEqual([
    'paper_code: raises by one method with totp, and is not worth the same for staff',
  ]);
  expect(kindProblems([totp, { ...lesser, methods: ['paper'] }])).toEqual([]);
  expect(kindProblems([totp, { ...lesser, raises: false }])).toEqual([]);
});

test.each(['pwd', 'device', 'mfa', 'swk', 'hwk', 'user', 'recovery', 'pop'])('no kind calls itself %s', (method) => {
  expect(kindProblems([{ ...paper, methods: [method] }])).toEqual([
    'paper_code: that method in a token means something else than this kind',
  ]);
});

test.each<[string, Partial<Kind>, string]>([
  ['a method that is no word', { methods: ['card2'] }, 'a method is of two to eight letters'],
  ['no method', { methods: [] }, 'passkeys alone have no method'],
  ['five methods', { methods: ['aa', 'bb', 'cc', 'dd', 'ee'] }, 'no more than four methods'],
  ['a worth that there is not', { staffWorth: 3 as 2 }, 'worth 0, 1 or 2 for staff'],
  ['a worth that nothing it proves gives', { raises: false }, 'what raises nothing is worth nothing for staff'],
  ['the worth of a passkey', { staffWorth: 2 }, 'passkeys alone sign staff in'],
  ['the name of nothing', { name: 'unknown' as FactorTypeName }, 'that name is of something that is no kind'],
  [
    'what a token cannot tell',
    { isPhishingResistant: true },
    'passkeys alone resist phishing, as far as a token tells',
  ],
  ['no sign-in, and raises', { purposes: ['step_up'] }, 'what raises is asked for at a sign-in as well'],
  ['no step-up, and raises', { purposes: ['sign_in'] }, 'what raises is asked for at a step-up as well'],
  ['six digits, and no try counted', { isUnguessable: true }, 'six digits are guessed'],
  ['a transaction', { purposes: ['sign_in', 'step_up', 'transaction'] }, 'auth takes no transaction from it'],
])('refuses a kind with %s', (_, part, problem) => {
  const kind = { ...paper, ...part };
  expect(kindProblems([kind])).toEqual([`${kind.name}: ${problem}`]);
});
