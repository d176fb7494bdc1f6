import { messageOf } from '@bank/notifications';
import { mintToken } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { passwordResetRequested } from '#events.ts';
import { resetLinkSeconds } from '#features/password/policies.ts';
import { pageLink } from '#features/user/page-link.ts';
import type { User } from '#storage/users/user.repository.ts';

/** `pr_<id>.<secret>`: lets its user choose another password, once. */
export const resetTokenPrefix = 'pr';

/** Sends a user a link for choosing another password; it ends the one before (SR-36). It changes nothing else (SR-38). */
export async function sendResetLink(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'roles'>,
  { byStaff }: { byStaff: boolean },
): Promise<void> {
  const { id: userId } = user;
  const { url, expiresAt } = await makeLink(tx, user);
  const message = messageOf('password-reset', { url, minutes: resetLinkSeconds / 60 });
  await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
  await tx.emit(passwordResetRequested({ userId, byStaff, at: tx.clock.now() }));
}

/** The same work where there is nobody to write to. */
export async function sendNoLink(tx: AppTransaction): Promise<void> {
  await makeLink(tx, { id: tx.ids.next(), roles: ['customer'] });
}

async function makeLink(tx: AppTransaction, owner: { id: string; roles: User['roles'] }) {
  const id = tx.ids.next();
  const { token, digest } = mintToken(resetTokenPrefix, id);
  const expiresAt = new Date(tx.clock.now().getTime() + resetLinkSeconds * 1000);
  await tx.passwordResets.replace(owner.id, { id, digest }, expiresAt);
  return { url: pageLink(tx, owner, { path: '/password/reset', token }), expiresAt };
}
