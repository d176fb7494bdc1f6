import { DomainError, type UserActor } from '@bank/domain';
import type { ListedCase } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { requireMayRequest } from '#features/approval/policies.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/** A case of a user below this member of staff (SR-72). @throws kyc.case.not_found, user.not_found, access.forbidden, service.unavailable */
export async function findCase(ctx: AppContext, staff: UserActor, caseId: string): Promise<ListedCase> {
  const [found] = (await ctx.owners.kyc.list({ caseId, limit: 1 })).cases;
  if (found === undefined) throw new DomainError('kyc.case.not_found');
  const { userId } = found;
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayRequest(staff, { target: { userId, roles } });
  return found;
}
