import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { passwordChanged } from '#events.ts';
import { passwordHistoryMax } from '#features/password/policies.ts';

/**
 * Gives a user, whose row is locked, another password, whichever way it was chosen: links that are under way die (SR-36),
 * devices have to prove again that they are the user's (SR-35), and the user is told (SR-20). The one before is kept, so that
 * it is not chosen again.
 */
export async function replacePassword(
  tx: AppTransaction,
  userId: UserId,
  chosen: { passwordHash: string; byReset: boolean; deviceId?: string },
): Promise<void> {
  const { passwordHash, byReset, deviceId } = chosen;
  const at = tx.clock.now();
  await tx.passwordHistory.keep(userId, { id: tx.ids.next(), at, max: passwordHistoryMax - 1 });
  await tx.users.replacePassword(userId, passwordHash, at);
  await tx.passwordResets.remove(userId);
  await tx.devices.doubtAll(userId, deviceId);
  await tx.emit(passwordChanged({ userId, byReset, at }));
  await notify(tx, userId, messageOf('password-changed', { at }));
  const details = { by: byReset ? 'reset' : 'change' };
  await tx.audit({ action: 'auth.password.changed', subject: userId, outcome: 'success', details });
}
