import { readerOf } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { ChangeRequestParams } from '#features/change-request/schemas.ts';
import type { ChangeRequest } from '#storage/change-request.entity.ts';

/** One of the signed-in user's own requests. @throws auth.token.missing, request.invalid, profile.change_request.not_found */
export async function getChangeRequest(ctx: AppContext, actor: Actor, params: unknown): Promise<ChangeRequest> {
  const { userId } = requireUser(actor);
  allow.self(actor, userId);
  const { id } = parse(ChangeRequestParams, params);
  const found = await readerOf(ctx).changeRequests.find(userId, id);
  if (found === undefined) throw new DomainError('profile.change_request.not_found');
  return found;
}
