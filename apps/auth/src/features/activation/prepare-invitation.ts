import { withTransaction } from '@bank/database';
import { allow, DomainError, type Email, mayActOnRank, parse, type Role, requireUser, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { keepActivation } from '#features/activation/new-activation.ts';
import { pendingInvitationsMax } from '#features/activation/policies.ts';
import { PrepareInvitationSchema } from '#features/activation/schemas.ts';
import { indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { holdActor } from '#features/standing/people.ts';

const permission = 'users.roles';

/**
 * Keeps whom a member of staff wants to invite, and does nothing else: the link goes out with the approval of another (SR-71).
 * Nobody may give roles above those they have now. What is refused is recorded as well. Gives the id of the invitation.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, staff.address.taken,
 * staff.invitations.too_many
 */
export async function prepareInvitation(
  ctx: AppContext,
  input: unknown,
  { actor }: Pick<Caller, 'actor'>,
): Promise<string> {
  const who = allow.permission(actor, permission);
  const { userId: invitedBy } = requireUser(actor);
  const { email, roles } = parse(PrepareInvitationSchema, input);
  const id = ctx.ids.next();
  const action = 'staff.invitation.prepared';
  const refusal = await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const refused = await refusalOf(tx, { invitedBy, email, roles });
    if (refused === undefined) await keepActivation(tx, { id, email, roles, invitedBy, tokenDigest: null });
    const told =
      refused === undefined ? { outcome: 'success' as const } : { outcome: 'denied' as const, reason: refused };
    await tx.audit({ action, subject: id, ...told, details: { roles: roles.join(' ') } });
    return refused;
  });
  if (refusal !== undefined) throw new DomainError(refusal);
  return id;
}

async function refusalOf(
  tx: AppTransaction,
  { invitedBy, email, roles }: { invitedBy: UserId; email: Email; roles: readonly Role[] },
): Promise<'access.forbidden' | 'staff.address.taken' | 'staff.invitations.too_many' | undefined> {
  const staff = await holdActor(tx, { actorId: invitedBy, permission });
  if (staff === undefined || !mayActOnRank(staff.roles, roles)) return 'access.forbidden';
  const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, { kind: 'email', value: email }));
  if (ownerId !== undefined) return 'staff.address.taken';
  const { own, together } = await tx.activations.countPending(invitedBy, tx.clock.now());
  const isFull = own >= pendingInvitationsMax.each || together >= pendingInvitationsMax.together;
  return isFull ? 'staff.invitations.too_many' : undefined;
}
