import { type KycDocumentKind, type KycPurpose, kycDocumentKinds, kycDocuments } from '#kyc/kyc-documents.ts';

/** The tiers of a customer. 0 is everybody. */
export const kycTiers = [0, 1, 2, 3] as const;
export type KycTier = (typeof kycTiers)[number];

/** Fields of the profile that a tier may need. */
export const kycProfileFields = ['givenName', 'familyName', 'dateOfBirth', 'nationality', 'occupation'] as const;
export type KycProfileField = (typeof kycProfileFields)[number];

/** What a tier allows: whole minor units of the currency; `null` is without a limit. */
export interface KycLimits {
  readonly perPayment: number | null;
  readonly perDay: number | null;
  readonly perMonth: number | null;
  readonly balance: number | null;
}

interface KycTierRow {
  readonly name: string;
  readonly profile: readonly KycProfileField[];
  readonly documents: readonly KycPurpose[];
  readonly limits: KycLimits;
}

const identity = ['givenName', 'familyName', 'dateOfBirth', 'nationality'] as const;

/** What each tier needs, all of it, and what it allows. */
export const kycTierTable = {
  currency: 'EUR',
  tiers: {
    0: { name: 'unverified', profile: [], documents: [], limits: limits(0, 0, 0, 0) },
    1: {
      name: 'basic',
      profile: identity,
      documents: ['identity'],
      limits: limits(30_000, 100_000, 300_000, 500_000),
    },
    2: {
      name: 'standard',
      profile: identity,
      documents: ['identity', 'likeness', 'address'],
      limits: limits(500_000, 1_000_000, 5_000_000, 10_000_000),
    },
    3: {
      name: 'full',
      profile: [...identity, 'occupation'],
      documents: ['identity', 'likeness', 'address', 'funds'],
      limits: limits(5_000_000, 10_000_000, 50_000_000, null),
    },
  },
} as const satisfies { currency: string; tiers: Record<KycTier, KycTierRow> };

/** What a tier needs and allows. */
export function kycTierOf(tier: KycTier): KycTierRow {
  return kycTierTable.tiers[tier];
}

/** The kinds of documents that prove something that a tier needs. */
export function kycKindsOf(tier: KycTier): readonly KycDocumentKind[] {
  const needed: readonly KycPurpose[] = kycTierOf(tier).documents;
  return kycDocumentKinds.filter((kind) => needed.includes(kycDocuments[kind].purpose));
}

/** Whether a number from outside is a tier. */
export function isKycTier(value: number): value is KycTier {
  return kycTiers.some((tier) => tier === value);
}

function limits(
  perPayment: number | null,
  perDay: number | null,
  perMonth: number | null,
  balance: number | null,
): KycLimits {
  return { perPayment, perDay, perMonth, balance };
}
