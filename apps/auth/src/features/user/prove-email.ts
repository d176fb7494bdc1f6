import { notify } from '@bank/composition';
import { smsOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Notes that a user, whose row is locked, reads the mail of an address that came unproven with an import: from now on it is theirs
 * as any other. It may be a stranger's for all that we know, so a number that was proven hears of it (SR-20).
 */
export async function proveEmail(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'emailVerifiedAt' | 'phoneVerifiedAt'>,
): Promise<void> {
  if (user.emailVerifiedAt !== null) return;
  await tx.users.proveEmail(user.id, tx.clock.now());
  await tx.audit({ action: 'user.email_proven', subject: user.id, outcome: 'success' });
  if (user.phoneVerifiedAt !== null) await notify(tx, user.id, smsOf('email-changed', {}));
}
