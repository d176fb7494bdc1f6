import { kycTiers } from '@bank/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenedKycDocument } from '#storage/kyc/kyc-document.repository.ts';
import {
  documentsOf,
  isComplete,
  isRenewal,
  type KycFacts,
  lastDayOf,
  missingFor,
  tierPicturesMax,
} from './policies.ts';

const profile = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'DE' };

function shown(kind: string, changes: Partial<OpenedKycDocument> = {}): OpenedKycDocument {
  const uploadedAt = new Date('2026-11-26T09:00:00Z');
  return {
    kind,
    side: 'front',
    country: 'DE',
    number: null,
    expiresOn: null,
    uploadedAt,
    ...changes,
  } as OpenedKycDocument;
}

function facts(documents: readonly OpenedKycDocument[], changes: Partial<KycFacts> = {}): KycFacts {
  return { profile, documents, today: '2026-11-26', ...changes };
}

const passport = shown('passport', { expiresOn: '2031-01-01' });

describe('missingFor', () => {
  test('a passport and a known person do for tier 1, and not for tier 2', () => {
    expect(isComplete(missingFor(1, facts([passport])))).toBe(true);
    expect(missingFor(2, facts([passport])).documents.map(({ purpose }) => purpose)).toEqual(['likeness', 'address']);
  });

  test('names the fields of the profile that are not known', () => {
    const unknown = facts([passport], { profile: { ...profile, dateOfBirth: null } });
    expect(missingFor(1, unknown).profile).toEqual(['dateOfBirth']);
    expect(missingFor(3, facts([])).profile).toEqual(['occupation']);
  });

  test.each([
    ['2026-11-26', false],
    ['2026-11-27', true],
  ])('a passport that runs out on %s proves something today: %s', (expiresOn, proves) => {
    expect(isComplete(missingFor(1, facts([{ ...passport, expiresOn }])))).toBe(proves);
  });

  test('both sides of a card, of one country', () => {
    const sides = (front: string, back: string) =>
      facts([shown('national_id', { country: front }), shown('national_id', { side: 'back', country: back })]);
    expect(isComplete(missingFor(1, sides('DE', 'DE')))).toBe(true);
    expect(isComplete(missingFor(1, sides('DE', 'FR')))).toBe(false);
    expect(isComplete(missingFor(1, sides('GB', 'GB')))).toBe(false);
  });

  test('offers what the country of the person is known for', () => {
    const british = facts([], { profile: { ...profile, nationality: 'GB' } });
    expect(missingFor(1, british).documents[0]?.anyOf.map(({ kind }) => kind)).toEqual([
      'passport',
      'driving_licence',
      'residence_permit',
    ]);
  });

  test('law: more documents never make more missing, and tier 0 needs nothing', () => {
    const any = fc.array(fc.constantFrom('passport', 'selfie', 'utility_bill', 'payslip', 'national_id'));
    fc.assert(
      fc.property(any, fc.constantFrom(...kycTiers), (kinds, tier) => {
        const less = facts(kinds.map((kind) => shown(kind)));
        const more = facts([...less.documents, passport]);
        expect(missingFor(tier, more).documents.length).toBeLessThanOrEqual(missingFor(tier, less).documents.length);
        expect(isComplete(missingFor(0, less))).toBe(true);
      }),
    );
  });
});

test('a tier rests on what it needs and is there', () => {
  const licence = shown('driving_licence', { country: 'GB', expiresOn: '2028-02-01' });
  const over = shown('passport', { expiresOn: '2020-01-01' });
  expect(documentsOf(1, facts([passport, licence, over, shown('selfie')]))).toEqual([passport, licence]);
});

test('the pictures that a tier needs at most: two sides of a card, and one picture for each proof besides', () => {
  expect(tierPicturesMax).toBe(5);
});

describe('lastDayOf', () => {
  const card = (side: 'front' | 'back', expiresOn: string) => shown('national_id', { side, expiresOn });

  test('a tier ends with the last document of the first purpose that nothing proves any more', () => {
    const both = [card('front', '2035-01-01'), card('back', '2035-01-01')];
    expect(lastDayOf(1, facts([passport]))).toBe('2031-01-01');
    expect(lastDayOf(1, facts([passport, ...both]))).toBe('2035-01-01');
    expect(lastDayOf(2, facts([passport, shown('selfie'), shown('utility_bill')]))).toBe('2031-01-01');
  });

  test('a card proves until the first of its sides runs out, and nothing by one side', () => {
    expect(lastDayOf(1, facts([passport, card('front', '2035-01-01')]))).toBe('2031-01-01');
    expect(lastDayOf(1, facts([card('front', '2035-01-01'), card('back', '2027-01-01')]))).toBe('2027-01-01');
  });

  test.each([
    ['9999-01-01', '2046-11-26'],
    ['2046-11-27', '2046-11-26'],
    ['2046-11-26', '2046-11-26'],
    ['2046-11-25', '2046-11-25'],
  ])('a tier by what runs out on %s ends on %s: 20 years after it was uploaded at the latest', (expiresOn, end) => {
    const both = [card('front', expiresOn), card('back', expiresOn)];
    expect(lastDayOf(1, facts(both))).toBe(end);
    expect(lastDayOf(2, facts([...both, shown('selfie'), shown('utility_bill')]))).toBe(end);
  });

  test('20 years later is a day that there is', () => {
    const uploadedAt = new Date('2080-02-29T23:59:59Z');
    expect(lastDayOf(1, facts([{ ...passport, uploadedAt, expiresOn: '9999-12-31' }]))).toBe('2100-03-01');
  });

  test('20 years after it was uploaded a document that never runs out proves nothing', () => {
    const lasting = { ...passport, expiresOn: '9999-01-01' };
    expect(isComplete(missingFor(1, facts([lasting], { today: '2046-11-25' })))).toBe(true);
    expect(isComplete(missingFor(1, facts([lasting], { today: '2046-11-26' })))).toBe(false);
  });

  test('a tier is renewed by what was uploaded since, not by the days that have passed', () => {
    const standing = { tier: 1, validUntil: '2046-11-26' } as const;
    const lasting = { ...passport, expiresOn: '9999-01-01' };
    expect(isRenewal(standing, facts([lasting], { today: '2036-05-01' }))).toBe(false);
    const anew = { ...lasting, uploadedAt: new Date('2036-05-01T00:00:00Z') };
    expect(isRenewal(standing, facts([anew], { today: '2036-05-01' }))).toBe(true);
  });

  test('what is not proven ends it at once, and tier 0 never ends', () => {
    expect(lastDayOf(2, facts([passport, shown('selfie')]))).toBe('2026-11-26');
    expect(lastDayOf(1, facts([{ ...passport, expiresOn: '2020-01-01' }]))).toBe('2026-11-26');
    expect(lastDayOf(0, facts([passport]))).toBeNull();
  });
});
