import { audiences } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { assuranceOf } from './assurance.ts';
import { askedFactors, isOfBefore, needsFactor, opensSession, suffices } from './policies.ts';

const passkey = { isUserVerified: true, isDeviceBound: false, isAttested: false };
const kinds = (...types: string[]) => types.map((type) => ({ type }));

describe('SR-72 what is good enough for staff', () => {
  it.each([
    ['webauthn', true],
    ['totp', false],
    ['sms', false],
    ['email', false],
    ['recovery_code', false],
    ['unknown', false],
  ])('%s: %s', (by, enough) => {
    expect(suffices(audiences.staff, by)).toBe(enough);
    expect(opensSession(audiences.staff, assuranceOf(['password', by], passkey))).toBe(enough);
  });

  it('is a passkey alone, and never the password alone or a passkey that asked for nothing', () => {
    expect(opensSession(audiences.staff, assuranceOf(['webauthn'], passkey))).toBe(true);
    expect(opensSession(audiences.staff, assuranceOf(['webauthn']))).toBe(false);
    expect(opensSession(audiences.staff, assuranceOf(['password']))).toBe(false);
    expect(needsFactor(audiences.staff)).toBe(true);
    expect(needsFactor(audiences.customers)).toBe(false);
  });

  it.each([
    [kinds('webauthn', 'totp'), kinds('webauthn')],
    [kinds('totp', 'sms', 'email'), kinds('totp')],
    [kinds('sms', 'email'), []],
    [[], []],
  ])('of %j %j is asked for', (enrolled, asked) => {
    expect(askedFactors(audiences.staff, enrolled)).toEqual(asked);
  });
});

it('customers use what they have enrolled', () => {
  for (const by of ['totp', 'sms', 'recovery_code', 'webauthn']) expect(suffices(audiences.customers, by)).toBe(true);
  const all = kinds('webauthn', 'totp', 'sms', 'email');
  expect(askedFactors(audiences.customers, all)).toEqual(all);
  expect(opensSession(audiences.customers, assuranceOf(['password']))).toBe(true);
});

it('nothing is good enough for an audience that is not known', () => {
  for (const by of ['totp', 'webauthn']) expect(suffices('another', by)).toBe(false);
  expect(askedFactors('another', kinds('totp', 'webauthn'))).toEqual([]);
  expect(needsFactor('another')).toBe(true);
  expect(opensSession('another', assuranceOf(['webauthn'], passkey))).toBe(false);
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
