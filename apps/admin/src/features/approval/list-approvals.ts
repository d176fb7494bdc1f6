import { readerOf } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { decidableActions, rolesOutOfReach } from '#features/approval/policies.ts';
import { ApprovalQuery } from '#features/approval/schemas.ts';
import type { Approval } from '#storage/approval.entity.ts';

/**
 * What a member of staff asked for or decided, and what they could decide; the latest first.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function listApprovals(ctx: AppContext, actor: Actor, query: unknown): Promise<Page<Approval>> {
  allow.permission(actor, 'approvals.read');
  const { roles, userId } = requireUser(actor);
  const { status, limit, cursor } = parse(ApprovalQuery, query);
  const context = `approvals:${userId}:${status}`;
  const before = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, context)['id']);
  const decides = { decides: decidableActions(roles), outOfReach: rolesOutOfReach(roles) };
  const whose = { personId: userId, ...decides, at: ctx.clock.now() };
  const found = await readerOf(ctx).approvals.list({ ...whose, status, before, limit: limit + 1 });
  return pageOf(found, limit, ({ id }) => ctx.cursors.encode({ id }, context));
}
