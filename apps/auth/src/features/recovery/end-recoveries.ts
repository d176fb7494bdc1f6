import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';

/** What ends a recovery before it is carried out; `link_back` is a link that gives an address back, and found it taken. */
type Cause = 'link' | 'second_factor' | 'email_changed' | 'link_back' | 'status';

/**
 * Ends all recoveries of a user that have not begun to be carried out, and links that would begin one. Where one was under way
 * the user is told. Whether there was.
 */
export async function endRecoveries(tx: AppTransaction, userId: UserId, cause: Cause): Promise<boolean> {
  const ended = await tx.recoveries.end(userId);
  if (ended === undefined) return false;
  const details = { recoveryId: ended };
  await tx.audit({ action: 'auth.recovery.cancelled', subject: userId, outcome: 'success', reason: cause, details });
  await notify(tx, userId, messageOf('recovery-cancelled', { at: tx.clock.now() }));
  return true;
}
