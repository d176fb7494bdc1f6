import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { ChangeRequestParams } from '#features/change-request/schemas.ts';
import type { ChangeRequest } from '#storage/change-request.entity.ts';

/**
 * Takes back one of the signed-in user's own requests while nobody has decided on it. Doing it again changes nothing.
 * @throws auth.token.missing, request.invalid, profile.change_request.not_found, profile.change_request.closed
 */
export async function withdrawChangeRequest(ctx: AppContext, actor: Actor, params: unknown): Promise<ChangeRequest> {
  const { userId } = requireUser(actor);
  const { id } = parse(ChangeRequestParams, params);

  const access = { who: allow.self(actor, userId), audits: ['profile.change_request.withdrawn'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    const withdrawn = await tx.changeRequests.close(userId, id, { status: 'withdrawn', at: tx.clock.now() });
    if (withdrawn !== undefined) {
      const details = { changeRequestId: id };
      await tx.audit({ action: 'profile.change_request.withdrawn', subject: userId, outcome: 'success', details });
      return withdrawn;
    }
    const found = await tx.changeRequests.find(userId, id);
    if (found === undefined) throw new DomainError('profile.change_request.not_found');
    if (found.status !== 'withdrawn') throw new DomainError('profile.change_request.closed');
    return found;
  });
}
