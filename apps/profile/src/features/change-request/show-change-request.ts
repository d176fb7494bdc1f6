import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requireMayDecide } from '#features/change-request/require-may-decide.ts';
import { StaffRequest } from '#features/change-request/schemas.ts';
import type { ChangeRequest } from '#storage/change-request.entity.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * One request for whoever may decide on it: what is asked for, and the profile as it is. Showing it is told to the ledger, or
 * nothing is shown. That it waits is the reason to look: one that is closed is shown to nobody.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, profile.change_request.not_found,
 * profile.change_request.closed, profile.unreadable, service.unavailable
 */
export async function showChangeRequest(
  ctx: AppContext,
  actor: Actor,
  input: unknown,
): Promise<{ request: ChangeRequest; profile: Profile }> {
  const who = allow.permission(actor, 'kyc.decide');
  const { userId, id } = parse(StaffRequest, input);
  await requireMayDecide(ctx, actor, userId);
  return withTransaction(ctx, { who, audits: ['profile.change_request.read'] }, async (tx) => {
    const request = await tx.changeRequests.find(userId, id);
    const profile = await tx.profiles.find(userId);
    if (request === undefined || profile === undefined) throw new DomainError('profile.change_request.not_found');
    if (request.status !== 'open') throw new DomainError('profile.change_request.closed');
    const details = { changeRequestId: id, fields: request.fields.join(' ') };
    await tx.audit({ action: 'profile.change_request.read', subject: userId, outcome: 'success', details });
    return { request, profile };
  });
}
