import { readApproval, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { DomainError, parse, type Role, StaffRoleSetSchema, type UserId, Uuidv7Schema } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { makeActivationLink } from '#features/activation/activation-link.ts';
import { activationSeconds } from '#features/activation/policies.ts';
import { indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { holdPeople } from '#features/standing/people.ts';
import { ApprovalSchema } from '#features/standing/schemas.ts';
import { openContact } from '#features/user/contact.ts';

const InviteStaffSchema = v.strictObject({
  invitationId: Uuidv7Schema,
  roles: StaffRoleSetSchema,
  noteId: Uuidv7Schema,
  approval: ApprovalSchema,
});

interface Invitation {
  invitationId: string;
  roles: readonly Role[];
  approvedBy: UserId;
}

/**
 * Sends the activation link of a prepared invitation to its address, by an approval (SR-71) that is bound to the roles it was
 * prepared with. The link is good for a day, once; nobody but the reader of that mail sees it.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, approval.invalid, approval.expired,
 * approval.own, approval.already_decided, staff.invitation.not_found, staff.address.taken, service.unavailable
 */
export async function inviteStaff(ctx: AppContext, input: unknown, { actor }: Pick<Caller, 'actor'>): Promise<void> {
  const { noteId, approval, ...payload } = parse(InviteStaffSchema, input);
  const approved = await readApproval(ctx, actor, { approval, action: 'staff.invite', payload });
  const { id: approvalId, makerId, checkerId, who } = approved;
  await withTransaction(ctx, { who, audits: ['staff.invitation.sent'] }, async (tx) => {
    const isFirst = await useApproval(tx, approved, async () => ({
      ...(await holdPeople(tx, approved)),
      granted: payload.roles,
    }));
    if (isFirst) await sendLink(tx, { ...payload, approvedBy: checkerId }, { noteId, approvalId, makerId });
  });
}

async function sendLink(
  tx: AppTransaction,
  { invitationId, roles, approvedBy }: Invitation,
  warrant: Readonly<Record<string, string>>,
): Promise<void> {
  const now = tx.clock.now();
  const { url, digest } = makeActivationLink(tx, invitationId);
  const expiresAt = new Date(now.getTime() + activationSeconds * 1000);
  const invitation = await tx.activations.send(invitationId, { roles, approvedBy, digest, expiresAt, now });
  if (invitation === undefined) throw new DomainError('staff.invitation.not_found');
  const { userId, contact } = invitation;
  const { email } = await openContact(tx, { table: 'activations', userId }, contact);
  const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, { kind: 'email', value: email }));
  if (ownerId !== undefined) throw new DomainError('staff.address.taken');
  const message = messageOf('staff-invitation', { url, hours: activationSeconds / 3600 });
  await tx.deliver({ to: { email }, channel: 'email', expiresAt, ...message });
  const details = { ...warrant, roles: roles.join(' ') };
  await tx.audit({ action: 'staff.invitation.sent', subject: invitationId, outcome: 'success', details });
}
