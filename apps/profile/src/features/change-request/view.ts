import type * as v from 'valibot';
import type { ChangeRequestView } from '#features/change-request/schemas.ts';
import type { ChangeRequest } from '#storage/change-request.entity.ts';

/** A request as its user sees it. */
export function toChangeRequestView(request: ChangeRequest): v.InferInput<typeof ChangeRequestView> {
  const { id, status, changes, reason, rejection, createdAt, closedAt } = request;
  const times = { createdAt: createdAt.toISOString(), closedAt: closedAt?.toISOString() ?? null };
  return { id, status, changes, reason, rejection, ...times };
}
