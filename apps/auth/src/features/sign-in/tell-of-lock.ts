import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import type { Grant, UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { locked } from '#events.ts';
import {
  countsCodes,
  failuresBeforeLock,
  secondsLocked,
  subjectOfAttempt,
} from '#features/sign-in/lockout-policies.ts';
import type { ClaimedAttempt, PoolKey } from '#storage/sign-ins/lockout.repository.ts';

/**
 * Tells the ledger, the house and the user that a pool is locked, once for each lock that is met, whichever path closed it and
 * whichever meets it first; nothing where it is not, or not any more. The work is the same for an identifier of nobody (SR-15).
 */
export async function tellOfLock(tx: AppTransaction, of: PoolKey & { userId: UserId | undefined }): Promise<void> {
  const lock = await tx.lockouts.noteLock(of);
  if (lock === undefined) return;
  const { pool, userId } = of;
  const { failures, closedAt: at, until } = lock;
  const subject = subjectOfAttempt(of);
  await tx.audit({ action: 'auth.sign_in.locked', subject, outcome: 'denied', details: { pool } });
  if (userId === undefined) return;
  await tx.emit(locked({ userId, pool, failures, lockedUntil: until, at }));
  // Once a series: who tries on must not be able to fill the user's mailbox.
  if (!lock.isFirst) return;
  const minutes = Math.ceil(secondsLocked(lock, tx.clock.now()) / 60);
  const template = countsCodes(pool) ? 'second-factor-blocked' : 'account-locked';
  await notify(tx, userId, messageOf(template, { at, minutes }), { since: at });
}

/**
 * Tells of a pool that a right password finds open though nobody was told of the lock before it: nobody was refused and nothing
 * completed, so somebody has the password and waits in between. The lock that it closes itself says nothing yet: as a rule it is
 * its user's, who completes it in a moment. In a transaction of its own, as the lock may have been lifted meanwhile.
 */
export async function tellOfLocksUntold(
  ctx: AppContext,
  who: Grant,
  attempt: PoolKey & { userId: UserId; claimed: ClaimedAttempt },
): Promise<void> {
  const { failures, toldFailures } = attempt.claimed;
  if (failures <= failuresBeforeLock || toldFailures >= failures - 1) return;
  await withTransaction(ctx, { who, audits: ['auth.sign_in.locked'] }, (tx) => tellOfLock(tx, attempt));
}
