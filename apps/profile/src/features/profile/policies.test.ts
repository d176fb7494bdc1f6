import { UserIdSchema, uuidv7 } from '@bank/domain';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Profile } from '#storage/profile.entity.ts';
import { emptyFields } from '#storage/profile-groups.ts';
import { applyPatch, checkDateOfBirth, lockableFields, refuseLocked, visibleFields } from './policies.ts';

const now = new Date('2026-11-23T12:00:00Z');
const profile: Profile = {
  ...emptyFields,
  userId: v.parse(UserIdSchema, uuidv7()),
  givenName: 'Ada',
  occupation: 'Engineer',
  version: 3,
  identityLockedAt: null,
  createdAt: now,
  updatedAt: now,
};

describe('a merge patch', () => {
  test('leaves what is absent, removes what is null, replaces the rest', () => {
    const { after, changedFields } = applyPatch(profile, { givenName: 'Grace', occupation: null });
    expect(after).toEqual({ ...profile, givenName: 'Grace', occupation: null });
    expect(changedFields).toEqual(['givenName', 'occupation']);
  });

  test('that says what is known already changes nothing', () => {
    expect(applyPatch(profile, { givenName: 'Ada', taxResidencies: [] }).changedFields).toEqual([]);
  });

  test('replaces a list as a whole, and null empties it', () => {
    const residency = { country: 'DE', tin: '12', noTinReason: null, explanation: null } as const;
    const taxed = { ...profile, taxResidencies: [residency] };
    const other = { ...residency, country: 'FR' };
    expect(applyPatch(taxed, { taxResidencies: [other] } as never).after.taxResidencies).toEqual([other]);
    expect(applyPatch(taxed, { taxResidencies: null }).after.taxResidencies).toEqual([]);
  });

  test('that was applied changes nothing when it comes again', () => {
    const text = fc.option(fc.string());
    const gender = fc.option(fc.constantFrom('female' as const, 'self_described' as const));
    const patch = fc.record({ givenName: text, familyName: text, occupation: text, gender }, { requiredKeys: [] });
    fc.assert(
      fc.property(patch, (given) => {
        expect(applyPatch(applyPatch(profile, given).after, given).changedFields).toEqual([]);
      }),
    );
  });

  test('describes a gender with the word for it alone', () => {
    const described = applyPatch(profile, { gender: 'self_described', genderDescription: 'Mine' });
    expect(described.changedFields).toEqual(['gender', 'genderDescription']);
    const again = applyPatch(described.after, { gender: 'undisclosed' });
    expect(again.after).toMatchObject({ gender: 'undisclosed', genderDescription: null });
    expect(() => applyPatch(profile, { genderDescription: 'Mine' })).toThrow(
      expect.objectContaining({ details: { errors: [{ path: 'genderDescription', rule: 'needs_self_described' }] } }),
    );
  });
});

describe('a date of birth', () => {
  test.each([
    ['2026-11-24', 'plausible_date'],
    ['1896-11-22', 'plausible_date'],
    ['2026-11-23', 'age_min'],
    ['2008-11-24', 'age_min'],
  ])('of %s is refused', (date, rule) => {
    expect(() => checkDateOfBirth(date, now, 18)).toThrow(
      expect.objectContaining({ details: { errors: [{ path: 'dateOfBirth', rule }] } }),
    );
  });

  test.each([[null], ['2008-11-23'], ['1896-11-23'], ['1980-02-29']])('of %s is accepted', (date) => {
    expect(() => checkDateOfBirth(date, now, 18)).not.toThrow();
  });

  test('on a leap day comes of age on 1 March', () => {
    expect(() => checkDateOfBirth('2008-02-29', new Date('2026-02-28T23:59:59Z'), 18)).toThrow();
    expect(() => checkDateOfBirth('2008-02-29', new Date('2026-03-01T00:00:00Z'), 18)).not.toThrow();
  });

  test('is of any age where the policy says so', () => {
    expect(() => checkDateOfBirth('2026-11-23', now, 0)).not.toThrow();
  });
});

test('what was verified is locked, and named', () => {
  const locked = { ...profile, identityLockedAt: now };
  expect(() => refuseLocked(profile, lockableFields)).not.toThrow();
  expect(() => refuseLocked(locked, ['preferredName', 'addresses'])).not.toThrow();
  const errors = [
    { path: 'givenName', rule: 'locked' },
    { path: 'residence', rule: 'locked' },
  ];
  expect(() => refuseLocked(locked, ['residence', 'occupation', 'givenName'])).toThrow(
    expect.objectContaining({ code: 'profile.field.locked', details: { errors } }),
  );
});

test('another service sees whose profile it is, its version, and what is listed for it', () => {
  const { userId, version } = profile;
  expect(visibleFields(profile, new Set())).toEqual({ userId, version });
  expect(visibleFields(profile, new Set(['givenName', 'nothing']))).toEqual({ userId, version, givenName: 'Ada' });
});
