import { type KycTier, kycTierOf, kycTiers, kycTierTable } from '@bank/domain';
import type * as v from 'valibot';
import type { OwnKyc } from '#features/kyc/get-kyc.ts';
import { missingFor } from '#features/kyc/policies.ts';
import type { DocumentView, KycView, SubmissionView } from '#features/kyc/schemas.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';
import type { KycDocument } from '#storage/kyc/kyc-document.repository.ts';

/** A verification as its user sees it: nothing of what stands in the documents. */
export function toKycView({ standing, newest, documents, facts }: OwnKyc): v.InferInput<typeof KycView> {
  return {
    status: newest?.status ?? 'none',
    tier: standing.tier,
    reasons: [...(newest?.reasons ?? [])],
    validUntil: standing.validUntil,
    limits: limitsOf(standing.tier),
    case:
      newest === undefined
        ? null
        : {
            id: newest.id,
            tier: newest.tier,
            attempt: newest.attempt,
            createdAt: newest.createdAt.toISOString(),
            submittedAt: newest.submittedAt?.toISOString() ?? null,
            documents: documents.map(toDocumentView),
          },
    next: kycTiers
      .filter((tier) => tier > standing.tier)
      .map((tier) => {
        const { profile, documents: proofs } = missingFor(tier, facts);
        const missing = {
          profile: [...profile],
          documents: proofs.map(({ purpose, anyOf }) => ({
            purpose,
            anyOf: anyOf.map(({ kind, sides }) => ({ kind, sides: [...sides] })),
          })),
        };
        return { tier, name: kycTierOf(tier).name, limits: limitsOf(tier), missing };
      }),
  };
}

/** A document as its user sees it. */
export function toDocumentView(document: KycDocument): v.InferInput<typeof DocumentView> {
  const { id, kind, side, country, uploadedAt } = document;
  return { id, kind, side, country, uploadedAt: uploadedAt?.toISOString() ?? null };
}

function limitsOf(tier: KycTier) {
  return { currency: kycTierTable.currency, ...kycTierOf(tier).limits };
}

/** A case that was handed in. */
export function toSubmissionView({ id, status, tier, attempt }: KycCase): v.InferInput<typeof SubmissionView> {
  return { caseId: id, status, tier, attempt };
}
