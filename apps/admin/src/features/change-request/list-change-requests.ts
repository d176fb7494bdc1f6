import { type Actor, allow, parse } from '@bank/domain';
import type { Page } from '@bank/service-kit';
import type { WaitingChangeRequest } from '#adapters/profile/change-requests.ts';
import type { AppContext } from '#context.ts';
import { ChangeRequestQuery } from '#features/change-request/schemas.ts';

/**
 * What users ask to have changed of what was verified, the oldest first; no values.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, service.unavailable
 */
export async function listChangeRequests(
  ctx: AppContext,
  actor: Actor,
  query: unknown,
): Promise<Page<WaitingChangeRequest>> {
  allow.permission(actor, 'kyc.read');
  const { limit, cursor = '' } = parse(ChangeRequestQuery, query);
  return await ctx.owners.changeRequests.waiting({ limit, cursor });
}
