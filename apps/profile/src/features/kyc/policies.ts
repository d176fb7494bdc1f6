import {
  identityDocumentsOf,
  isAcceptedDocument,
  type KycDocumentKind,
  type KycProfileField,
  type KycPurpose,
  type KycSide,
  type KycTier,
  kycDocumentKinds,
  kycDocuments,
  kycKindsOf,
  kycTierOf,
  kycTiers,
} from '@bank/domain';
import type { KycStanding } from '#storage/kyc/kyc-case.ts';
import type { OpenedKycDocument } from '#storage/kyc/kyc-document.repository.ts';

/** The pictures of one case that are handed over at most, in bytes: what the provider takes in one call, and some room. */
export const casePicturesBytesMax = 24 * 1024 * 1024;

/** The pictures that one tier needs at most: of each proof the document with the most sides. */
export const tierPicturesMax = Math.max(...kycTiers.map(picturesOf));

/**
 * For how long a document with an expiry proves something at most, in years since it was uploaded: that day is what its user types, and
 * some never run out (9999-01-01). Counted from another day, each renewal would add to it without anything newer being shown.
 */
const proofYearsMax = 20;

/** What of a person decides how far they can come. */
export interface KycFacts {
  /** The fields of the profile that a tier may need; null where unknown. */
  readonly profile: Readonly<Partial<Record<KycProfileField, string | null>>>;
  readonly documents: readonly OpenedKycDocument[];
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** One of several documents that would do, and which sides of it are not there yet. */
export interface MissingDocument {
  readonly kind: KycDocumentKind;
  readonly sides: readonly KycSide[];
}

/** Something to be proven, and what would prove it: any one of these. */
export interface MissingProof {
  readonly purpose: KycPurpose;
  readonly anyOf: readonly MissingDocument[];
}

/** What a tier needs that is not there. */
export interface Missing {
  readonly profile: readonly KycProfileField[];
  readonly documents: readonly MissingProof[];
}

/** What is missing for a tier; nothing in both lists when it can be asked for. */
export function missingFor(tier: KycTier, facts: KycFacts): Missing {
  const { profile, documents } = kycTierOf(tier);
  return {
    profile: profile.filter((field) => (facts.profile[field] ?? null) === null),
    documents: documents.filter((purpose) => !isProven(purpose, facts)).map((purpose) => missingProof(purpose, facts)),
  };
}

/** Whether nothing is missing. */
export function isComplete({ profile, documents }: Missing): boolean {
  return profile.length === 0 && documents.length === 0;
}

/** The documents that a tier rests on: what counts, and proves something that the tier needs. */
export function documentsOf(tier: KycTier, facts: KycFacts): readonly OpenedKycDocument[] {
  const kinds = kycKindsOf(tier);
  return facts.documents.filter((document) => counts(document, facts.today) && kinds.includes(document.kind));
}

/**
 * The day on which a tier ends, `YYYY-MM-DD`: the first on which something that it needs is proven by no document any more. Null when
 * that day does not come. What is not proven at all ends it at once.
 */
export function lastDayOf(tier: KycTier, facts: KycFacts): string | null {
  return earliest(kycTierOf(tier).documents.map((purpose) => lastProofOf(purpose, facts)));
}

/** Whether the tier that a user holds would last longer with these documents than it does. */
export function isRenewal({ tier, validUntil }: Pick<KycStanding, 'tier' | 'validUntil'>, facts: KycFacts): boolean {
  const lastDay = lastDayOf(tier, facts);
  return validUntil !== null && (lastDay === null || lastDay > validUntil);
}

/** A calendar day in UTC. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The same day so many years later, or the one after it in a year that does not have it; both `YYYY-MM-DD`. */
function yearsAfter(day: string, years: number): string {
  const date = new Date(day);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return dayOf(date);
}

/** What proves a purpose the longest: one kind of document of one country, with all of its sides. */
function lastProofOf(purpose: KycPurpose, facts: KycFacts): string | null {
  const ends = kindsOf(purpose).flatMap((kind) => {
    const there = facts.documents.filter((document) => document.kind === kind && counts(document, facts.today));
    const sides: readonly KycSide[] = kycDocuments[kind].sides;
    return [...new Set(there.map(({ country }) => country))]
      .map((country) => there.filter((document) => document.country === country))
      .filter((shown) => sides.every((side) => shown.some((document) => document.side === side)))
      .map((shown) => earliest(shown.map(endOf)));
  });
  if (ends.includes(null)) return null;
  return (
    ends
      .flatMap((day) => day ?? [])
      .toSorted()
      .at(-1) ?? facts.today
  );
}

/** The earliest of some days, of which null never comes. */
function earliest(days: readonly (string | null)[]): string | null {
  return days.flatMap((day) => day ?? []).toSorted()[0] ?? null;
}

function isProven(purpose: KycPurpose, facts: KycFacts): boolean {
  return kindsOf(purpose).some((kind) => missingSides(kind, facts).length === 0);
}

function missingProof(purpose: KycPurpose, facts: KycFacts): MissingProof {
  const possible = purpose === 'identity' ? identityDocumentsOf(facts.profile.nationality ?? '*') : kindsOf(purpose);
  return { purpose, anyOf: possible.map((kind) => ({ kind, sides: missingSides(kind, facts) })) };
}

/** All sides of one document, issued by one country. */
function missingSides(kind: KycDocumentKind, { documents, today }: KycFacts): readonly KycSide[] {
  const sides: readonly KycSide[] = kycDocuments[kind].sides;
  const there = documents.filter((document) => document.kind === kind && counts(document, today));
  const gaps = [...new Set(there.map(({ country }) => country))].map((country) => {
    const shown = there.filter((document) => document.country === country).map(({ side }) => side);
    return sides.filter((side) => !shown.includes(side));
  });
  return gaps.toSorted((one, other) => one.length - other.length)[0] ?? sides;
}

/** Whether a document proves anything today. */
function counts(document: OpenedKycDocument, today: string): boolean {
  const end = endOf(document);
  return isAcceptedDocument(document.kind, document.country) && (end === null || end > today);
}

/** The first day on which a document does not prove anything any more, `YYYY-MM-DD`; null for a kind that has no expiry. */
function endOf({ expiresOn, uploadedAt }: OpenedKycDocument): string | null {
  if (expiresOn === null || uploadedAt === null) return expiresOn;
  return earliest([expiresOn, yearsAfter(dayOf(uploadedAt), proofYearsMax)]);
}

function picturesOf(tier: KycTier): number {
  const sides = kycTierOf(tier).documents.map((purpose) =>
    Math.max(...kindsOf(purpose).map((kind) => kycDocuments[kind].sides.length)),
  );
  return sides.reduce((sum, count) => sum + count, 0);
}

function kindsOf(purpose: KycPurpose): readonly KycDocumentKind[] {
  return kycDocumentKinds.filter((kind) => kycDocuments[kind].purpose === purpose);
}
