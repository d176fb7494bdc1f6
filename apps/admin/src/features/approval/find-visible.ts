import { DomainError, type UserActor } from '@bank/domain';
import type { AppContext, Repositories } from '#context.ts';
import { isVisible } from '#features/approval/policies.ts';
import type { Approval } from '#storage/approval.entity.ts';

/** An approval that concerns this member of staff; any other is like a missing one (SR-65). @throws approval.not_found */
export async function findVisible(
  ctx: AppContext & Pick<Repositories, 'approvals'>,
  actor: UserActor,
  id: string,
): Promise<Approval> {
  const approval = await ctx.approvals.find(id, ctx.clock.now());
  if (approval === undefined || !isVisible(approval, actor)) throw new DomainError('approval.not_found');
  return approval;
}
