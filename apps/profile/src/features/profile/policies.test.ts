import { UserIdSchema, uuidv7 } from '@bank/domain';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { emptyIdentity, emptyParticulars, type Profile } from '#storage/profile.entity.ts';
import { applyPatch, checkDateOfBirth, visibleFields } from './policies.ts';

const now = new Date('2026-11-23T12:00:00Z');
const profile: Profile = {
  ...emptyIdentity,
  ...emptyParticulars,
  userId: v.parse(UserIdSchema, uuidv7()),
  givenName: 'Ada',
  occupation: 'Engineer',
  version: 3,
  createdAt: now,
  updatedAt: now,
};

test('a member that is absent stays, null removes, the rest is replaced', () => {
  const change = applyPatch(profile, { givenName: 'Grace', occupation: null });
  expect(change.identity.givenName).toBe('Grace');
  expect(change.identity.familyName).toBeNull();
  expect(change.particulars.occupation).toBeNull();
  expect(change.changedFields).toEqual(['givenName', 'occupation']);
});

test('a patch that says what is known already changes nothing', () => {
  expect(applyPatch(profile, { givenName: 'Ada' }).changedFields).toEqual([]);
});

test.each([['2026-11-24'], ['1896-11-22']])('a date of birth of %s is refused', (date) => {
  expect(() => checkDateOfBirth(date, now)).toThrowError(/./);
});

test.each([[null], ['2026-11-23'], ['1896-11-23'], ['1980-02-29']])('a date of birth of %s is accepted', (date) => {
  expect(() => checkDateOfBirth(date, now)).not.toThrow();
});

test('a patch that was applied changes nothing when it comes again', () => {
  const text = fc.option(fc.string());
  const patch = fc.record({ givenName: text, familyName: text, occupation: text }, { requiredKeys: [] });
  fc.assert(
    fc.property(patch, (given) => {
      const { identity, particulars } = applyPatch(profile, given);
      expect(applyPatch({ ...profile, ...identity, ...particulars }, given).changedFields).toEqual([]);
    }),
  );
});

test('another service sees whose profile it is, its version, and what is listed for it', () => {
  const { userId, version } = profile;
  expect(visibleFields(profile, new Set())).toEqual({ userId, version });
  expect(visibleFields(profile, new Set(['givenName', 'nothing']))).toEqual({ userId, version, givenName: 'Ada' });
});
