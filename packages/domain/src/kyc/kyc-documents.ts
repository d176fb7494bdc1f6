/** What a document proves. */
export const kycPurposes = ['identity', 'likeness', 'address', 'funds'] as const;
export type KycPurpose = (typeof kycPurposes)[number];

/** The sides of a document that are photographed; a document of one page has a front alone. */
export const kycSides = ['front', 'back'] as const;
export type KycSide = (typeof kycSides)[number];

interface KycDocumentRow {
  readonly purpose: KycPurpose;
  readonly sides: readonly KycSide[];
  /** It has a number and a day on which it runs out, and both are asked for. */
  readonly isNumbered: boolean;
}

/** Every kind of document, what it proves, and which sides of it are needed. */
export const kycDocuments = {
  passport: { purpose: 'identity', sides: ['front'], isNumbered: true },
  national_id: { purpose: 'identity', sides: ['front', 'back'], isNumbered: true },
  driving_licence: { purpose: 'identity', sides: ['front', 'back'], isNumbered: true },
  residence_permit: { purpose: 'identity', sides: ['front', 'back'], isNumbered: true },
  voters_card: { purpose: 'identity', sides: ['front', 'back'], isNumbered: true },
  selfie: { purpose: 'likeness', sides: ['front'], isNumbered: false },
  utility_bill: { purpose: 'address', sides: ['front'], isNumbered: false },
  bank_statement: { purpose: 'address', sides: ['front'], isNumbered: false },
  tax_assessment: { purpose: 'address', sides: ['front'], isNumbered: false },
  payslip: { purpose: 'funds', sides: ['front'], isNumbered: false },
  proof_of_wealth: { purpose: 'funds', sides: ['front'], isNumbered: false },
} as const satisfies Record<string, KycDocumentRow>;
export type KycDocumentKind = keyof typeof kycDocuments;
export const kycDocumentKinds = Object.keys(kycDocuments) as readonly KycDocumentKind[];

/** Documents that prove who somebody is, by the country that issued them (ISO 3166-1 alpha-2); `*` is every other one. */
export const identityDocumentsByCountry: Readonly<Record<string, readonly KycDocumentKind[]>> = {
  '*': ['passport', 'national_id', 'residence_permit'],
  AU: ['passport', 'driving_licence'],
  CA: ['passport', 'driving_licence', 'residence_permit'],
  DK: ['passport', 'driving_licence', 'residence_permit'],
  GB: ['passport', 'driving_licence', 'residence_permit'],
  GH: ['passport', 'national_id', 'driving_licence', 'voters_card'],
  IE: ['passport', 'driving_licence', 'residence_permit'],
  JP: ['passport', 'national_id', 'driving_licence', 'residence_permit'],
  KE: ['passport', 'national_id'],
  NG: ['passport', 'national_id', 'driving_licence', 'voters_card'],
  NZ: ['passport', 'driving_licence'],
  US: ['passport', 'driving_licence', 'residence_permit'],
};

/** The identity documents of a country. */
export function identityDocumentsOf(country: string): readonly KycDocumentKind[] {
  const own = Object.hasOwn(identityDocumentsByCountry, country) ? identityDocumentsByCountry[country] : undefined;
  return own ?? identityDocumentsByCountry['*'] ?? [];
}

/** Whether a document of that country proves something here: an identity document only where its country is known for it. */
export function isAcceptedDocument(kind: KycDocumentKind, country: string): boolean {
  return kycDocuments[kind].purpose !== 'identity' || identityDocumentsOf(country).includes(kind);
}
