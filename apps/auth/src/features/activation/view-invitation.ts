import { withTransaction } from '@bank/database';
import { allow, DomainError, parse, type Role } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { ViewInvitationSchema } from '#features/activation/schemas.ts';
import type { Caller } from '#features/caller.ts';
import { openContact } from '#features/user/contact.ts';
import { maskEmail } from '#features/user/mask-email.ts';

/** Whom an invitation is for. */
export interface ShownInvitation {
  email: string;
  roles: readonly Role[];
  expiresAt: Date;
}

/**
 * Shows staff who may invite whom an invitation is for: what another one asked for is not approved blindly (SR-71). The
 * address is a hint, and in full for who says why by a note. Whatever was shown is told to the ledger, or not shown.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, staff.invitation.not_found
 */
export async function viewInvitation(
  ctx: AppContext,
  input: unknown,
  { actor }: Pick<Caller, 'actor'>,
): Promise<ShownInvitation> {
  const who = allow.permission(actor, 'users.roles');
  const { invitationId, noteId } = parse(ViewInvitationSchema, input);
  return await withTransaction(ctx, { who, audits: ['staff.invitation.read'] }, async (tx) => {
    const invitation = await tx.activations.findInvitation(invitationId);
    if (invitation === undefined) throw new DomainError('staff.invitation.not_found');
    const { userId, contact, roles, expiresAt } = invitation;
    const { email } = await openContact(tx, { table: 'activations', userId }, contact);
    const details = noteId === undefined ? { masked: 'email' } : { fields: 'email', noteId };
    await tx.audit({ action: 'staff.invitation.read', subject: invitationId, outcome: 'success', details });
    return { email: noteId === undefined ? maskEmail(email) : email, roles, expiresAt };
  });
}
