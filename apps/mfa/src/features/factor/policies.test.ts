import { audiences, type DomainError, type UserActor } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { askable, isEnough, leavesStaffBare, raises, requireHighestLevel, requireProofOfStaff } from './policies.ts';

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

const neverReset = { factorsResetAt: null };

test('SR-29: a factor that this version does not know is there, and takes the place of what raises nothing', () => {
  const unknown = { type: 'pigeon' as FactorTypeName };
  for (const purpose of ['sign_in', 'step_up'] as const) {
    expect(asked([unknown], purpose)).toEqual(['pigeon']);
    expect(asked([unknown, ...kinds('email')], purpose)).toEqual(['pigeon']);
    expect(asked([...kinds('totp'), unknown], purpose)).toEqual(['totp', 'pigeon']);
  }
});

/** What sessions were proved by. */
const proofs = {
  password: { acr: 'aal1', amr: ['pwd', 'device'] },
  emailed: { acr: 'aal1', amr: ['pwd', 'otp'] },
  sms: { acr: 'aal2', amr: ['pwd', 'sms', 'mfa'] },
  'emailed and sms': { acr: 'aal2', amr: ['pwd', 'otp', 'sms', 'mfa'] },
  recovery: { acr: 'aal2', amr: ['pwd', 'recovery', 'mfa'] },
  'emailed and recovery': { acr: 'aal2', amr: ['pwd', 'otp', 'recovery', 'mfa'] },
  app: { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
  'a kind of later': { acr: 'aal2', amr: ['pwd', 'paper', 'mfa'] },
  'app and a kind of later': { acr: 'aal2', amr: ['pwd', 'otp', 'paper', 'mfa'] },
  passkey: { acr: 'aal2', amr: ['swk', 'user', 'mfa'] },
  hardware: { acr: 'aal3', amr: ['pwd', 'hwk', 'user', 'mfa'] },
} as const;
const allOf = Object.keys(proofs) as (keyof typeof proofs)[];
const byPasskey = ['passkey', 'hardware'] as const;
const raised = allOf.filter((name) => proofs[name].acr !== 'aal1');

test.each([
  [[], allOf],
  [['email'], allOf],
  [['sms'], raised],
  [['totp', 'email'], raised],
  [['totp', 'sms'], raised],
  [['webauthn'], byPasskey],
  [['webauthn', 'totp'], byPasskey],
  [['webauthn', 'sms', 'email'], byPasskey],
  [['hardware'], ['hardware']],
  [['hardware', 'totp'], ['hardware']],
  [['hardware', 'webauthn'], ['hardware']],
] as const)('SR-31: customers change factors %j by %j', (enrolled, allowed) => {
  const factors = enrolled.map((name) => {
    return name === 'hardware' ? ({ type: 'webauthn', isHardware: true } as const) : { type: name, isHardware: false };
  });
  const acr = factors.some(({ isHardware }) => isHardware) ? 'aal3' : 'aal2';
  const passkey = factors.some(({ type }) => type === 'webauthn') ? { phishingResistant: true } : {};
  const refusal = { code: 'auth.step_up.required', details: { acr, maxAgeSeconds: 300, ...passkey } };
  const others = allOf.filter((name) => !(allowed as readonly string[]).includes(name));
  const change = (name: keyof typeof proofs) => {
    const user: Partial<UserActor> = { ...proofs[name], audience: audiences.customers };
    return () => requireHighestLevel(user as UserActor, neverReset, factors);
  };
  for (const name of allowed) expect(change(name), name).not.toThrow();
  for (const name of others) expect(change(name), name).toThrow(expect.objectContaining(refusal));
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
  [['sms'], 'password', true],
  [['sms', 'email'], 'password', true],
  [['totp', 'sms'], 'password', false],
  [['totp', 'sms'], 'app', true],
  [['webauthn'], 'password', false],
  [['webauthn', 'totp'], 'app', false],
  [['webauthn', 'totp'], 'passkey', true],
] as const)('SR-72: at the console factors %j are changed by %s: %s', (enrolled, by, isAllowed) => {
  const factors = enrolled.map((type) => ({ type, isHardware: false }));
  for (const audience of [audiences.staff, audiences.enrolment]) {
    const user: Partial<UserActor> = { ...proofs[by], audience };
    const change = () => requireHighestLevel(user as UserActor, neverReset, factors);
    if (isAllowed) expect(change).not.toThrow();
    else expect(change).toThrow('auth.step_up.required');
  }
});

describe('SR-72: staff change their factors', () => {
  const { customers, staff, enrolment } = audiences;
  const outcome = (...args: Parameters<typeof requireProofOfStaff>) => {
    try {
      requireProofOfStaff(...args);
      return 'allowed';
    } catch (error) {
      return (error as DomainError).code;
    }
  };
  const allowedOf = (audience: string, ...rest: [readonly { type: FactorTypeName }[], FactorTypeName?]) =>
    allOf.filter((name) => outcome({ isStaff: true, user: { ...proofs[name], audience } }, ...rest) === 'allowed');

  test.each([
    [['webauthn'], ['passkey', 'hardware']],
    [
      ['webauthn', 'totp', 'sms'],
      ['passkey', 'hardware'],
    ],
    [['totp'], ['app', 'passkey', 'hardware']],
    [
      ['totp', 'sms'],
      ['app', 'passkey', 'hardware'],
    ],
  ] as const)('of %j by %j, whatever is added or removed, for whichever page', (enrolled, allowed) => {
    for (const audience of [customers, staff, enrolment]) {
      for (const added of [undefined, 'webauthn', 'totp', 'sms'] as const) {
        expect([audience, added, allowedOf(audience, kinds(...enrolled), added)]).toEqual([audience, added, allowed]);
      }
    }
  });

  test.each([[[]], [['sms']], [['sms', 'email']]] as const)(
    'of %j: the first that is good enough by enrolling',
    (have) => {
      for (const added of ['webauthn', 'totp'] as const) {
        expect(allowedOf(customers, kinds(...have), added)).toEqual([]);
        expect(allowedOf(enrolment, kinds(...have), added)).toEqual(allOf);
        const user = { ...proofs.sms, audience: customers };
        expect(outcome({ isStaff: true, user }, kinds(...have), added)).toBe('access.forbidden');
      }
      expect(allowedOf(customers, kinds(...have), 'email')).toEqual(allOf);
      expect(allowedOf(customers, kinds(...have))).toEqual(allOf);
    },
  );

  test.each([
    [['totp'], {}],
    [['webauthn'], { phishingResistant: true }],
    [['totp', 'webauthn'], { phishingResistant: true }],
  ] as const)('of %j are told what would do', (have, more) => {
    const user = { ...proofs.sms, audience: customers };
    const details = { acr: 'aal2', maxAgeSeconds: 300, ...more };
    const isTold = expect.objectContaining({ code: 'auth.step_up.required', details });
    expect(() => requireProofOfStaff({ isStaff: true, user }, kinds(...have))).toThrow(isTold);
  });

  test('and nothing of it is asked of customers', () => {
    for (const name of allOf) {
      const user = { ...proofs[name], audience: customers };
      expect(outcome({ isStaff: false, user }, kinds('webauthn', 'totp'), 'webauthn')).toBe('allowed');
      expect(outcome({ isStaff: false, user }, [], 'webauthn')).toBe('allowed');
    }
  });
});

test('a user has ten factors at most, and one for each address', () => {
  expect(isEnough(kinds('sms'), 'sms')).toBe(true);
  expect(isEnough(kinds('totp', 'email'), 'sms')).toBe(false);
  expect(isEnough(Array(9).fill({ type: 'totp' }), 'totp')).toBe(false);
  expect(isEnough(Array(10).fill({ type: 'totp' }), 'totp')).toBe(true);
});

test('emailed codes alone raise nothing', () => {
  expect((['totp', 'sms', 'email', 'webauthn'] as const).filter(raises)).toEqual(['totp', 'sms', 'webauthn']);
});
