import { withTransaction } from '@bank/database';
import { allow, DomainError, mayActOnRank, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { keepActivation } from '#features/activation/new-activation.ts';
import { pendingInvitationsMax } from '#features/activation/policies.ts';
import { PrepareInvitationSchema } from '#features/activation/schemas.ts';
import { indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';

/**
 * Keeps whom a member of staff wants to invite, and does nothing else: the link goes out with the approval of another
 * (SR-71). Nobody may give roles above his own. Gives the id of the invitation.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, staff.address.taken,
 * staff.invitations.too_many
 */
export async function prepareInvitation(
  ctx: AppContext,
  input: unknown,
  { actor }: Pick<Caller, 'actor'>,
): Promise<string> {
  const who = allow.permission(actor, 'users.roles');
  const staff = requireUser(actor);
  const { email, roles } = parse(PrepareInvitationSchema, input);
  if (!mayActOnRank(staff.roles, roles))
    throw new DomainError('access.forbidden', { reason: 'may not give these roles' });
  const id = ctx.ids.next();
  const audits = ['staff.invitation.prepared'] as const;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, { kind: 'email', value: email }));
    if (ownerId !== undefined) throw new DomainError('staff.address.taken');
    if ((await tx.activations.countPending(tx.clock.now())) >= pendingInvitationsMax) {
      throw new DomainError('staff.invitations.too_many');
    }
    await keepActivation(tx, { id, email, roles, invitedBy: staff.userId, tokenDigest: null });
    const details = { roles: roles.join(' ') };
    await tx.audit({ action: 'staff.invitation.prepared', subject: id, outcome: 'success', details });
  });
  return id;
}
