import { hasPermission, mayActOnRank } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { activationSeconds } from '#features/activation/policies.ts';
import { isCutOff } from '#features/sign-in/policies.ts';
import type { Activation } from '#storage/activations/activation.repository.ts';

/**
 * Whether both who answer for an invitation, who asked for it and who approved it, could still send it, and nothing that they had begun
 * when it went out was ended since: an account that is stopped because somebody else had it makes no more staff by what that one has
 * sent, not even once its owner is let in again (SR-70, SR-71). Both are held until the commit.
 */
export async function isAnsweredFor(
  tx: AppTransaction,
  { invitedBy, approvedBy, roles, expiresAt }: Activation,
): Promise<boolean> {
  const sentAt = new Date(expiresAt.getTime() - activationSeconds * 1000);
  // In one order, as all who hold several users take them.
  const people = [invitedBy, approvedBy].filter((id) => id !== null).toSorted();
  for (const id of people) {
    const staff = await tx.users.shareCredential(id);
    if (staff?.status !== 'active' || !hasPermission(staff.roles, 'users.roles')) return false;
    if (!mayActOnRank(staff.roles, roles) || isCutOff(staff, sentAt)) return false;
  }
  return true;
}
