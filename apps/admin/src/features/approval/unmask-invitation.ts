import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import type { DecisionInput } from '#features/approval/begin-decision.ts';
import { findVisible } from '#features/approval/find-visible.ts';
import { decidableActions, invitationOf } from '#features/approval/policies.ts';
import { ApprovalParams } from '#features/approval/schemas.ts';
import { addUnmasking } from '#features/user/add-unmasking.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

/**
 * Lets a member of staff who could decide an invitation see its address in full for 15 minutes. This needs
 * no permission to unmask users: whoever makes somebody a colleague has to see whom. Nothing is read here; each read is recorded.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, approval.not_found,
 * staff.invitation.not_found, service.unavailable
 */
export async function unmaskInvitation(ctx: AppContext, actor: Actor, input: DecisionInput): Promise<Unmasking> {
  const who = allow.permission(actor, 'approvals.decide');
  const checker = requireUser(actor);
  const { id } = parse(ApprovalParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const approval = await findVisible(ctx, checker, id);
  if (!decidableActions(checker.roles).includes(approval.action)) throw new DomainError('approval.not_found');
  if (invitationOf(approval) === undefined) throw new DomainError('staff.invitation.not_found');
  return await withTransaction(ctx, { who, audits: ['admin.invitation.unmasked'] }, async (tx) => {
    const unmasked = { of: id, fields: ['email'], about: undefined, action: 'invitation.unmask', reason };
    const unmasking = await addUnmasking(tx, checker, unmasked);
    const details = { fields: 'email', noteId: unmasking.noteId };
    await tx.audit({ action: 'admin.invitation.unmasked', subject: id, outcome: 'success', details });
    return unmasking;
  });
}
