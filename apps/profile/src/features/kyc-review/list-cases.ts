import { readerOf } from '@bank/database';
import { type Actor, allow, type KycStatus, kycStatuses, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { CaseQuery } from '#features/kyc-review/schemas.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';
import type { KycDocument } from '#storage/kyc/kyc-document.repository.ts';

/** A case with the documents that it rests on, those of earlier ones included, without anything that stands in them. */
export type ListedCase = KycCase & { readonly documents: readonly KycDocument[] };

const waiting: readonly KycStatus[] = ['submitted', 'in_review'];
/** Every one that a case can have: who never asked has none. */
const everyStatus = kycStatuses.filter((status) => status !== 'none');

/**
 * Cases for review, those that were handed in first before the others. Ids and codes alone, so that looking at the queue is no
 * read of anybody's data. @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function listCases(ctx: AppContext, actor: Actor, query: unknown): Promise<Page<ListedCase>> {
  allow.permission(actor, 'kyc.read');
  const { userId } = requireUser(actor);
  const { status, caseId, limit, cursor } = parse(CaseQuery, query);
  const context = `kyc-cases:${userId}:${status}:${caseId}`;
  const place = cursor === undefined ? undefined : ctx.cursors.decode(cursor, context);
  const after = place && { at: String(place['at']), id: String(place['id']) };
  const statuses = status !== undefined ? [status] : caseId !== undefined ? everyStatus : waiting;
  const reader = readerOf(ctx);
  const found = await reader.kycCases.list({ statuses, id: caseId, after, limit: limit + 1 });
  const page = pageOf(found, limit, ({ id, submittedAt }) =>
    ctx.cursors.encode({ at: submittedAt?.toISOString() ?? '', id }, context),
  );
  const documents = await reader.kycDocuments.ofReviews(page.items.map(({ id }) => id));
  const items = page.items.map((one) => ({ ...one, documents: documents.filter((of) => of.reviewId === one.id) }));
  return { ...page, items };
}
