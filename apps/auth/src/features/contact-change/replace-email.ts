import { notify } from '@bank/composition';
import { DomainError, type Email } from '@bank/domain';
import { messageOf, smsOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { userEmailChanged } from '#events.ts';
import { indexAddress } from '#features/address/index-address.ts';
import { tellOldAddress } from '#features/contact-change/reversion-link.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { openContact, sealContact } from '#features/user/contact.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Gives a user, whose row is locked, a proven address, and tells everybody concerned: the address before, with a link back,
 * the new one, and the user's number (SR-20, SR-40). False, with nothing written, when it is somebody else's.
 */
export async function replaceEmail(tx: AppTransaction, user: User, email: Email): Promise<boolean> {
  if (!(await putEmail(tx, user, { email, reverted: false }))) return false;
  const { id: userId } = user;
  await tellOldAddress(tx, user, 'email-replaced');
  await notify(tx, userId, messageOf('email-changed', { at: tx.clock.now() }));
  if (user.phoneVerifiedAt !== null) await notify(tx, userId, smsOf('email-changed', {}));
  return true;
}

/**
 * The change itself, forward or back; links for another password that went to the address before die (SR-36). False, with
 * nothing written, when the address is somebody else's.
 */
export async function putEmail(
  tx: AppTransaction,
  user: User,
  { email, reverted }: { email: Email; reverted: boolean },
): Promise<boolean> {
  const { id: userId } = user;
  const at = tx.clock.now();
  const digests = indexAddress(tx, { kind: 'email', value: email });
  if (!(await tx.identifiers.replace({ kind: 'email', userId, digests, at }))) return false;
  if (user.contact === null) throw new DomainError('user.not_found', { reason: 'erased' });
  const place = { table: 'users', userId } as const;
  const before = await openContact(tx, place, user.contact);
  const contact = await sealContact(tx, place, { ...before, email });
  const version = await tx.users.replaceEmail(userId, { contact, at });
  await tx.passwordResets.remove(userId);
  await endRecoveries(tx, userId, 'email_changed');
  await tx.emit(userEmailChanged({ userId, reverted, version, at }));
  await tx.audit({ action: 'user.email_changed', subject: userId, outcome: 'success', details: { reverted } });
  return true;
}
