import { describe, expect, test } from 'vitest';
import {
  identityDocumentsByCountry,
  identityDocumentsOf,
  isAcceptedDocument,
  kycDocuments,
} from '#kyc/kyc-documents.ts';
import { kycReasonsOf } from '#kyc/kyc-reasons.ts';
import { isKycTier, type KycLimits, kycTierOf, kycTiers } from '#kyc/kyc-tiers.ts';

const amountsOf = ({ perPayment, perDay, perMonth, balance }: KycLimits) =>
  [perPayment, perDay, perMonth, balance].map((amount) => amount ?? Number.POSITIVE_INFINITY);

describe('tiers', () => {
  test('a higher tier allows no less, and needs all that a lower one needs', () => {
    for (const tier of [1, 2, 3] as const) {
      const [lower, higher] = [kycTierOf((tier - 1) as 0 | 1 | 2), kycTierOf(tier)];
      const less = amountsOf(lower.limits);
      expect(amountsOf(higher.limits).every((amount, index) => amount > (less[index] ?? Number.NaN))).toBe(true);
      expect(higher.profile).toEqual(expect.arrayContaining([...lower.profile]));
      expect(higher.documents).toEqual(expect.arrayContaining([...lower.documents]));
    }
  });

  test('amounts are whole minor units', () => {
    for (const tier of kycTiers) {
      for (const amount of amountsOf(kycTierOf(tier).limits).filter(Number.isFinite)) {
        expect(Number.isSafeInteger(amount)).toBe(true);
      }
    }
  });

  test.each([-1, 4, 1.5, Number.NaN])('%s is no tier', (value) => expect(isKycTier(value)).toBe(false));
});

describe('documents', () => {
  test('every country names identity documents, a passport among them', () => {
    for (const kinds of Object.values(identityDocumentsByCountry)) {
      expect(kinds).toContain('passport');
      expect(kinds.every((kind) => kycDocuments[kind].purpose === 'identity')).toBe(true);
    }
  });

  test('a country that is not listed has what any other has', () => {
    expect(identityDocumentsOf('DE')).toEqual(identityDocumentsByCountry['*']);
    expect(identityDocumentsOf('constructor')).toEqual(identityDocumentsByCountry['*']);
  });

  test('what is no identity document does not depend on a country', () => {
    expect(isAcceptedDocument('national_id', 'US')).toBe(false);
    expect(isAcceptedDocument('national_id', 'DE')).toBe(true);
    expect(isAcceptedDocument('utility_bill', 'US')).toBe(true);
  });
});

test('reasons from outside are those of the table, each once', () => {
  expect(kycReasonsOf(['face_mismatch', 'Ada was seen', 'face_mismatch', 'document_expired', 'toString'])).toEqual([
    'document_expired',
    'face_mismatch',
    'other',
  ]);
});
