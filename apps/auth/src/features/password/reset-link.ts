import type { Delivery } from '@bank/database';
import { messageOf } from '@bank/notifications';
import { mintToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { passwordResetRequested } from '#events.ts';
import { resetSeconds } from '#features/password/policies.ts';
import { openContact } from '#features/user/contact.ts';
import type { User } from '#storage/users/user.repository.ts';

/** `pr_<id>.<secret>`: lets its user choose another password, once. */
export const resetTokenPrefix = 'pr';

/** Sends a user a link for choosing another password; it ends the one before (SR-36). It changes nothing else (SR-38). */
export async function sendResetLink(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'roles' | 'contact' | 'emailVerifiedAt'>,
  { byStaff }: { byStaff: boolean },
): Promise<void> {
  const { id: userId, roles } = user;
  const { url, expiresAt } = await makeLink(tx, userId, roles.includes('customer'));
  const message = messageOf('password-reset', { url, minutes: resetSeconds / 60 });
  await tx.deliver({ to: await recipientOf(tx, user), channel: 'email', expiresAt, ...message });
  await tx.emit(passwordResetRequested({ userId, byStaff, at: tx.clock.now() }));
}

/** An address that waits to be proven, as of somebody who was imported with it, is proven by the use of the link. */
async function recipientOf(
  tx: AppTransaction,
  { id: userId, contact, emailVerifiedAt }: Pick<User, 'id' | 'contact' | 'emailVerifiedAt'>,
): Promise<Delivery['to']> {
  if (emailVerifiedAt !== null || contact === null) return { userId };
  return { email: (await openContact(tx, { table: 'users', userId }, contact)).email };
}

/** The same work where there is nobody to write to. */
export async function sendNoLink(tx: AppTransaction): Promise<void> {
  await makeLink(tx, tx.ids.next(), true);
}

/** The secret rides in the fragment (SR-83); customers and staff have pages of their own, named by configuration (SR-37). */
async function makeLink(tx: AppTransaction, userId: string, isCustomer: boolean) {
  const id = tx.ids.next();
  const { token, digest } = mintToken(resetTokenPrefix, id);
  const expiresAt = new Date(tx.clock.now().getTime() + resetSeconds * 1000);
  await tx.passwordResets.replace(userId, { id, digest }, expiresAt);
  const url = new URL('/password/reset', baseOf(tx, isCustomer));
  url.hash = new URLSearchParams({ token }).toString();
  return { url: url.href, expiresAt };
}

function baseOf({ config }: Pick<AppContext, 'config'>, isCustomer: boolean): string {
  return isCustomer ? config.PUBLIC_BASE_URL : config.STAFF_BASE_URL;
}
