import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import type { Grant } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { signInFailed } from '#events.ts';
import type { Attempt } from '#features/sign-in/attempt.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { RefusalReason } from '#features/sign-in/policies.ts';
import { tellOfLock } from '#features/sign-in/tell-of-lock.ts';

/** Tells the ledger of a refused attempt, and the user of a lock or of a sign-in that was stopped. The attempt is counted already. */
export async function recordRefusal(
  ctx: AppContext,
  who: Grant,
  attempt: Attempt,
  reason: RefusalReason,
): Promise<void> {
  const { client, claimed } = attempt;
  const userId = attempt.credential?.userId;
  const subject = subjectOfAttempt({ userId, subjectHash: attempt.subjectHash });
  await withTransaction(ctx, { who, audits: ['auth.sign_in.failed', 'auth.sign_in.locked'] }, async (tx) => {
    const details = { clientId: client.id, failures: claimed.failures };
    await tx.audit({ action: 'auth.sign_in.failed', subject, outcome: 'failure', reason, details });
    if (claimed.lockedUntil !== null) await tellOfLock(tx, { ...attempt, userId });
    if (userId === undefined) return;
    await tx.emit(
      signInFailed({ userId, deviceId: attempt.knownDeviceId, clientId: client.id, reason, at: attempt.at }),
    );
    if (reason === 'risk')
      await notify(tx, userId, messageOf('sign-in-denied', { at: attempt.at }), { since: attempt.at });
  });
}
