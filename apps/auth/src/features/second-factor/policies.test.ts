import { audiences, type FactorKind } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { unknownKind } from '#adapters/factors/factor-kind.ts';
import { kinds, paperCode } from '../../../test/support/factor-kinds.ts';
import { assuranceOf } from './assurance.ts';
import { askedFactors, isOfBefore, needsFactor, opensSession, suffices, takesPasswordsPlace } from './policies.ts';

const passkey = { isUserVerified: true, isDeviceBound: false, isAttested: false };
const { totp, sms, email, webauthn } = kinds;
const of = (...had: FactorKind[]) => had.map((kind) => ({ kind }));

describe('SR-72 what is good enough for staff', () => {
  it.each([
    [webauthn, true],
    [totp, false],
    [sms, false],
    [email, false],
    ['recovery_code', false],
    [unknownKind, false],
    [paperCode, false],
    [{ ...paperCode, staffWorth: 1 }, false],
    // Staff are let in by nothing that a page which is not ours can ask for, whatever is said of it.
    [{ ...paperCode, staffWorth: 2 }, false],
    [{ ...webauthn, staffWorth: 1 }, false],
  ] as const)('%j: %s', (by, enough) => {
    expect(suffices(audiences.staff, by)).toBe(enough);
  });

  it.each([webauthn, totp, sms, email, 'recovery_code', unknownKind, paperCode] as const)('a session by %j', (by) => {
    expect(opensSession(audiences.staff, assuranceOf(['password', by], passkey))).toBe(by === webauthn);
  });

  it('is a passkey alone, and never the password alone or a passkey that asked for nothing', () => {
    expect(opensSession(audiences.staff, assuranceOf(['passkey'], passkey))).toBe(true);
    expect(opensSession(audiences.staff, assuranceOf(['passkey']))).toBe(false);
    expect(opensSession(audiences.staff, assuranceOf(['password']))).toBe(false);
    expect(needsFactor(audiences.staff)).toBe(true);
    expect(needsFactor(audiences.customers)).toBe(false);
  });

  it.each([
    [of(webauthn, totp), of(webauthn)],
    [of(totp, sms, email), of(totp)],
    [of(sms, email, paperCode, unknownKind), []],
    [of({ ...paperCode, staffWorth: 1 }, sms), of({ ...paperCode, staffWorth: 1 })],
    [of({ ...paperCode, staffWorth: 2 }, webauthn), of(webauthn)],
    [[], []],
  ])('of %j %j is asked for', (enrolled, asked) => {
    expect(askedFactors(audiences.staff, enrolled)).toEqual(asked);
  });
});

it('customers use what they have enrolled', () => {
  for (const by of [totp, sms, 'recovery_code', webauthn, paperCode, unknownKind] as const)
    expect(suffices(audiences.customers, by)).toBe(true);
  const all = of(webauthn, totp, sms, email, paperCode, unknownKind);
  expect(askedFactors(audiences.customers, all)).toEqual(all);
  expect(opensSession(audiences.customers, assuranceOf(['password']))).toBe(true);
});

it('nothing is good enough for an audience that is not known', () => {
  for (const by of [totp, webauthn, { ...paperCode, staffWorth: 2 } as const])
    expect(suffices('another', by)).toBe(false);
  expect(askedFactors('another', of(totp, webauthn))).toEqual([]);
  expect(needsFactor('another')).toBe(true);
  expect(opensSession('another', assuranceOf(['passkey'], passkey))).toBe(false);
});

it.each([
  [totp, true],
  [sms, true],
  [webauthn, true],
  [paperCode, true],
  [unknownKind, true],
  [email, false],
  [{ ...paperCode, raises: false }, false],
])('SR-29 whoever has %j steps up by no password alone: %s', (kind, isSo) => {
  expect(takesPasswordsPlace(kind)).toBe(isSo);
});

describe('SR-72 what a member of staff has from before they were one', () => {
  const since = new Date('2026-02-01');

  it.each([
    ['confirmed before', new Date('2026-01-31'), true],
    ['confirmed at that moment', since, true],
    ['confirmed later', new Date('2026-02-02'), false],
    ['of which mfa does not say when', undefined, true],
  ])('%s', (_, confirmedAt, isOld) => {
    expect(isOfBefore({ confirmedAt }, since)).toBe(isOld);
    expect(isOfBefore({ confirmedAt }, null)).toBe(false);
  });
});
