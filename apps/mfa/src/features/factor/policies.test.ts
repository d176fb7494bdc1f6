import type { UserActor } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { askable, isEnough, leavesStaffBare, raises, requireHighestLevel, requirePasskeyOfStaff } from './policies.ts';

const kinds = (...types: ('totp' | 'sms' | 'email' | 'webauthn')[]) => types.map((type) => ({ type }));
const asked = (...args: Parameters<typeof askable>) => askable(...args).map(({ type }) => type);

describe('SR-29: what is asked for, of every set of factors', () => {
  test.each([
    [[], [], []],
    [['totp'], ['totp'], ['totp']],
    [['sms'], ['sms'], ['sms']],
    [['email'], ['email'], []],
    [
      ['totp', 'sms'],
      ['totp', 'sms'],
      ['totp', 'sms'],
    ],
    [['webauthn'], ['webauthn'], ['webauthn']],
    [['webauthn', 'email'], ['webauthn'], ['webauthn']],
    [
      ['webauthn', 'totp'],
      ['webauthn', 'totp'],
      ['webauthn', 'totp'],
    ],
    [['totp', 'email'], ['totp'], ['totp']],
    [['sms', 'email'], ['sms'], ['sms']],
    [
      ['totp', 'sms', 'email'],
      ['totp', 'sms'],
      ['totp', 'sms'],
    ],
  ] as const)('%j: %j to sign in, %j for a step-up', (enrolled, signIn, stepUp) => {
    expect(asked(kinds(...enrolled), 'sign_in')).toEqual(signIn);
    expect(asked(kinds(...enrolled), 'step_up')).toEqual(stepUp);
  });
});

test.each([
  [[], 'aal1', true],
  [['email'], 'aal1', true],
  [['sms'], 'aal1', false],
  [['totp', 'email'], 'aal1', false],
  [['webauthn'], 'aal1', false],
  [['webauthn'], 'aal2', true],
  [['totp'], 'aal2', true],
  [['sms'], 'aal3', true],
  [['hardware'], 'aal2', false],
  [['hardware', 'totp'], 'aal2', false],
  [['hardware', 'webauthn'], 'aal3', true],
] as const)('SR-31: factors %j are changed at %s: %s', (enrolled, acr, isAllowed) => {
  const factors = enrolled.map((name) => {
    return name === 'hardware' ? ({ type: 'webauthn', isHardware: true } as const) : { type: name, isHardware: false };
  });
  const change = () => requireHighestLevel({ acr } as UserActor, factors);
  if (isAllowed) expect(change).not.toThrow();
  else expect(change).toThrow('auth.step_up.required');
});

test('SR-72: staff keep one that is good enough for them, and their last passkey whatever else they have', () => {
  expect(leavesStaffBare(kinds('totp', 'sms'), kinds('sms'))).toBe(true);
  expect(leavesStaffBare(kinds('totp', 'totp'), kinds('totp'))).toBe(false);
  expect(leavesStaffBare(kinds('sms'), [])).toBe(false);
  expect(leavesStaffBare(kinds('webauthn', 'totp'), kinds('totp'))).toBe(true);
  expect(leavesStaffBare(kinds('webauthn', 'totp'), kinds('webauthn'))).toBe(false);
  expect(leavesStaffBare(kinds('webauthn', 'webauthn'), kinds('webauthn'))).toBe(false);
});

test.each([
  [true, ['webauthn', 'totp'], ['pwd', 'otp', 'mfa'], false],
  [true, ['webauthn'], ['pwd', 'device'], false],
  [true, ['webauthn', 'totp'], ['swk', 'user', 'mfa'], true],
  [true, ['webauthn'], ['pwd', 'otp', 'hwk', 'user', 'mfa'], true],
  [true, ['totp', 'sms'], ['pwd', 'otp', 'mfa'], true],
  [true, [], ['pwd', 'otp'], true],
  [false, ['webauthn', 'totp'], ['pwd', 'otp', 'mfa'], true],
] as const)(
  'SR-72: staff: %s, with factors %j, change them by a session of %j: %s',
  (isStaff, enrolled, amr, isAllowed) => {
    const change = () => requirePasskeyOfStaff({ isStaff, user: { amr } }, kinds(...enrolled));
    if (isAllowed) expect(change).not.toThrow();
    else expect(change).toThrow('auth.step_up.required');
  },
);

test('a user has ten factors at most, and one for each address', () => {
  expect(isEnough(kinds('sms'), 'sms')).toBe(true);
  expect(isEnough(kinds('totp', 'email'), 'sms')).toBe(false);
  expect(isEnough(Array(9).fill({ type: 'totp' }), 'totp')).toBe(false);
  expect(isEnough(Array(10).fill({ type: 'totp' }), 'totp')).toBe(true);
});

test('emailed codes alone raise nothing', () => {
  expect((['totp', 'sms', 'email', 'webauthn'] as const).filter(raises)).toEqual(['totp', 'sms', 'webauthn']);
});
