import { audiences } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { needsFactor, suffices } from './sufficiency.ts';

describe('SR-72 what is good enough for staff', () => {
  it.each([
    ['totp', true],
    ['sms', false],
    ['email', false],
    ['recovery_code', false],
    ['webauthn', false],
    ['unknown', false],
  ])('%s: %s', (by, enough) => {
    expect(suffices(audiences.staff, by)).toBe(enough);
  });

  it('is never the password alone', () => {
    expect(needsFactor(audiences.staff)).toBe(true);
    expect(needsFactor(audiences.customers)).toBe(false);
  });
});

it('customers use what they have enrolled', () => {
  for (const by of ['totp', 'sms', 'recovery_code']) expect(suffices(audiences.customers, by)).toBe(true);
});

it('nothing is good enough for an audience that is not known', () => {
  expect(suffices('another', 'totp')).toBe(false);
  expect(needsFactor('another')).toBe(true);
});
