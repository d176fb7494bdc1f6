import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import type { Grant, UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { locked, signInFailed } from '#events.ts';
import type { Attempt } from '#features/sign-in/attempt.ts';
import { failuresBeforeLock, subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { RefusalReason } from '#features/sign-in/policies.ts';

/** Tells the ledger of a refused attempt, and the user of a lock or of a sign-in that was stopped. The attempt is counted already. */
export async function recordRefusal(
  ctx: AppContext,
  who: Grant,
  attempt: Attempt,
  reason: RefusalReason,
): Promise<void> {
  const { client, pool, claimed } = attempt;
  const userId = attempt.credential?.userId;
  const subject = subjectOfAttempt({ userId, subjectHash: attempt.subjectHash });
  await withTransaction(ctx, { who, audits: ['auth.sign_in.failed', 'auth.sign_in.locked'] }, async (tx) => {
    const details = { clientId: client.id, failures: claimed.failures };
    await tx.audit({ action: 'auth.sign_in.failed', subject, outcome: 'failure', reason, details });
    if (claimed.lockedUntil !== null) {
      await tx.audit({ action: 'auth.sign_in.locked', subject, outcome: 'denied', details: { pool } });
    }
    if (userId === undefined) return;
    await tx.emit(
      signInFailed({ userId, deviceId: attempt.knownDeviceId, clientId: client.id, reason, at: attempt.at }),
    );
    if (claimed.lockedUntil !== null) await tellOfLock(tx, attempt, userId, claimed.lockedUntil);
    if (reason === 'risk')
      await notify(tx, userId, messageOf('sign-in-denied', { at: attempt.at }), { since: attempt.at });
  });
}

/** A counted attempt of any way to present the password. */
export type CountedAttempt = Pick<Attempt, 'at' | 'knownDeviceId' | 'claimed'>;

/** Tells everybody concerned that a pool is locked. */
export async function tellOfLock(
  tx: AppTransaction,
  attempt: CountedAttempt,
  userId: UserId,
  lockedUntil: Date,
): Promise<void> {
  const { at, knownDeviceId, claimed } = attempt;
  await tx.emit(locked({ userId, deviceId: knownDeviceId, failures: claimed.failures, lockedUntil, at }));
  // Once a series: who tries on must not be able to fill the user's mailbox.
  if (claimed.failures !== failuresBeforeLock) return;
  const minutes = Math.ceil((lockedUntil.getTime() - at.getTime()) / 60_000);
  await notify(tx, userId, messageOf('account-locked', { at, minutes }), { since: at });
}
