import { notify } from '@bank/composition';
import { smsOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { userEmailChanged } from '#events.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Notes that a user, whose row is locked, reads the mail of an address that came unproven with an import: from now on it is theirs
 * as any other, and the house hears of it. It may be a stranger's for all that we know, so a number that was proven hears of it (SR-20).
 */
export async function proveEmail(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'emailVerifiedAt' | 'phoneVerifiedAt'>,
): Promise<void> {
  if (user.emailVerifiedAt !== null) return;
  const at = tx.clock.now();
  const version = await tx.users.proveEmail(user.id, at);
  await tx.emit(userEmailChanged({ userId: user.id, reverted: false, version, at }));
  await tx.audit({ action: 'user.email_proven', subject: user.id, outcome: 'success' });
  if (user.phoneVerifiedAt !== null) await notify(tx, user.id, smsOf('email-changed', {}));
}
