import { type Actor, allow, approvalActions, parse, requireUser, Uuidv7Schema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { openApproval } from '#features/approval/open-approval.ts';
import { requireMayRequest } from '#features/approval/policies.ts';
import { InvitationRequest } from '#features/approval/schemas.ts';

const action = 'staff.invite';

/**
 * Asks for somebody to be made a member of staff. The address is handed on to `auth`, which alone keeps it; nothing is sent
 * before another one approves. Gives the id of the approval.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, and what `auth` answers
 */
export async function requestInvitation(ctx: AppContext, actor: Actor, input: unknown): Promise<string> {
  allow.permission(actor, approvalActions[action]);
  const maker = requireUser(actor);
  const { email, roles, reason } = parse(InvitationRequest, input);
  requireMayRequest(maker, { granted: roles });
  return openApproval(ctx, maker, {
    action,
    userId: undefined,
    reason,
    leavesBehind: true,
    async prepare() {
      const invitationId = parse(Uuidv7Schema, await ctx.owners.users.prepareInvitation({ email, roles }));
      return { invitationId, roles };
    },
  });
}
