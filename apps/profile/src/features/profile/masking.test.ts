import { personalProfileFields, uuidv7 } from '@bank/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '#storage/profile.entity.ts';
import { emptyFields } from '#storage/profile-groups.ts';
import { maskProfile } from './masking.ts';

const known = {
  ...emptyFields,
  userId: uuidv7(),
  version: 3,
  givenName: 'Ada',
  middleName: null,
  familyName: 'Lovelace',
  preferredName: '\u{1F600}smile',
  dateOfBirth: '1990-12-10',
  nationality: 'GB',
  occupation: 'Engineer',
  gender: 'female',
  residence: 'GB',
  addresses: {
    home: { lines: ['1 St'], district: null, city: 'London', region: null, postalCode: 'W1', country: 'GB' },
    mailing: null,
  },
  taxResidencies: [{ country: 'GB', tin: 'AA123456A', noTinReason: null, explanation: null }],
  createdAt: new Date(0),
  updatedAt: new Date(1),
} as unknown as Profile;

describe('maskProfile', () => {
  test('shows a first letter of names and nothing of the rest', () => {
    expect(maskProfile(known, new Set())).toEqual({
      ...known,
      givenName: 'A***',
      familyName: 'L***',
      preferredName: '\u{1F600}***',
      dateOfBirth: '***',
      nationality: '***',
      occupation: '***',
      gender: '***',
      residence: '***',
      addresses: {
        home: { lines: ['***'], district: null, city: '***', region: null, postalCode: '***', country: '***' },
        mailing: null,
      },
      taxResidencies: [{ country: '***', tin: '***', noTinReason: null, explanation: null }],
    });
  });

  test('shows in full what is named, and nothing else', () => {
    fc.assert(
      fc.property(fc.subarray([...personalProfileFields]), (shown) => {
        const masked = maskProfile(known, new Set(shown));
        for (const field of personalProfileFields) {
          const isShown = shown.includes(field) || known[field] === null;
          expect(masked[field] === known[field]).toBe(isShown);
        }
      }),
    );
  });
});
