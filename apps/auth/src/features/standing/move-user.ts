import { notify } from '@bank/composition';
import { decideTransition, isBlocked, type Mover, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { userStatusChanged } from '#events.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import type { SettableState } from '#features/standing/policies.ts';
import type { User } from '#storage/users/user.repository.ts';

/** For how many days a change of somebody's standing is news to them. */
export const noticeDays = 7;

/** Why something is done to a user, for the ledger: the note that says it, and the approval it took; or a recovery. */
export type Warrant = { noteId: string; approvalId?: string; makerId?: string } | { recoveryId: string };

const notices = {
  active: 'account-opened-again',
  locked: 'account-stopped',
  suspended: 'account-suspended',
  closed: 'account-closed',
} as const satisfies Record<SettableState, string>;

/**
 * Moves a user whose row the caller holds. A state that forbids sessions ends all of them, everywhere within a second, and what
 * else would open the account: a recovery that is under way and the link of a forgotten password (SR-43, SR-47). The latter
 * also of one who is there already, since who is locked may begin both; else the ledger gets an entry then, and no more.
 * @throws user.transition.illegal
 */
export async function moveUser(
  tx: AppTransaction,
  user: User,
  move: { to: SettableState; by: Mover; warrant: Warrant },
): Promise<User> {
  const { id: userId, status: from } = user;
  const { to, by, warrant } = move;
  const entry = { action: 'user.status_changed', subject: userId, outcome: 'success' } as const;
  const details = { ...warrant, from, to };
  if (to !== 'active') await endWaysIn(tx, userId);
  if (from === to) {
    await tx.audit({ ...entry, reason: 'already', details });
    return user;
  }
  decideTransition(from, to, by);
  const at = tx.clock.now();
  const moved = await tx.users.setStatus(userId, to, at);
  if (isBlocked(to, 'session')) await endEverything(tx, userId, 'status_changed');
  await tx.emit(userStatusChanged({ userId, from, to, version: moved.version, at }));
  await tx.audit({ ...entry, details });
  await notify(tx, userId, messageOf(notices[to], { at }), { keptDays: noticeDays });
  return moved;
}

/** A recovery that is being carried out already is not ended; without its proof it does not lift what stops the user. */
async function endWaysIn(tx: AppTransaction, userId: UserId): Promise<void> {
  await endRecoveries(tx, userId, 'status');
  await tx.recoveries.takeProof(userId);
  await tx.passwordResets.remove(userId);
}
