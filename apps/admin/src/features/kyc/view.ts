import type { Page } from '@bank/service-kit';
import type * as v from 'valibot';
import type { ListedCase } from '#adapters/profile/kyc-desk.ts';
import type { CasePage } from '#features/kyc/schemas.ts';

/** A page of cases; times in ISO 8601. */
export function toCasePage({ items, nextCursor }: Page<ListedCase>): v.InferInput<typeof CasePage> {
  return {
    items: items.map(({ submittedAt, documents, reasons, ...listed }) => ({
      ...listed,
      reasons: [...reasons],
      submittedAt: submittedAt?.toISOString() ?? null,
      documents: documents.map(({ uploadedAt, ...document }) => ({
        ...document,
        uploadedAt: uploadedAt?.toISOString() ?? null,
      })),
    })),
    nextCursor,
  };
}
