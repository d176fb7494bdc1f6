import { notify } from '@bank/composition';
import { DomainError, type PhoneNumber } from '@bank/domain';
import { messageOf, smsOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { userPhoneChanged } from '#events.ts';
import { indexAddress } from '#features/address/index-address.ts';
import { noticeSeconds } from '#features/contact-change/policies.ts';
import { openContact, sealContact } from '#features/user/contact.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Gives a user, whose row is locked, a proven number, and tells everybody concerned: the user by mail, and the number before
 * (SR-20, SR-40). A number that takes the place of another gets no codes for some days (SR-28). False, with nothing written,
 * when it is somebody else's.
 */
export async function replacePhone(tx: AppTransaction, user: User, phone: PhoneNumber): Promise<boolean> {
  const { id: userId } = user;
  const at = tx.clock.now();
  const digests = indexAddress(tx, { kind: 'phone', value: phone });
  if (!(await tx.identifiers.replace({ kind: 'phone', userId, digests, at }))) return false;
  if (user.contact === null) throw new DomainError('user.not_found', { reason: 'erased' });
  const place = { table: 'users', userId } as const;
  const before = await openContact(tx, place, user.contact);
  const contact = await sealContact(tx, place, { ...before, phone });
  const old = user.phoneVerifiedAt !== null && before.phone !== phone ? before.phone : null;
  const coolDownDays = tx.config.PHONE_COOL_DOWN_DAYS;
  const codesFrom = old === null ? user.phoneCodesFrom : new Date(at.getTime() + coolDownDays * 86_400_000);
  const version = await tx.users.replacePhone(userId, { contact, codesFrom, at });
  await tx.emit(userPhoneChanged({ userId, replaced: old !== null, version, at }));
  await tx.audit({
    action: 'user.phone_changed',
    subject: userId,
    outcome: 'success',
    details: { replaced: old !== null },
  });
  const expiresAt = new Date(at.getTime() + noticeSeconds * 1000);
  const told = old === null || coolDownDays === 0 ? { at } : { at, days: coolDownDays };
  await notify(tx, userId, messageOf('phone-changed', told));
  if (old !== null) await tx.deliver({ to: { phone: old }, expiresAt, ...smsOf('phone-changed', {}) });
  return true;
}
