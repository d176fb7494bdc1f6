import { withTransaction } from '@bank/database';
import { type Grant, isBlocked, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { countRequest } from '#features/password/count-request.ts';
import { sendNoLink, sendResetLink } from '#features/password/reset-link.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends a user a link for choosing another password, or does the same work for nobody (SR-15). An address that was never proven
 * gets one where its user has nothing else, and proves it by that. It changes nothing else, and a few links an hour go out to one user at most (SR-18, SR-38). The ledger is told of every link, and of what goes beyond that
 * once a minute, so that who asks on and on fills neither a mailbox nor the ledger.
 */
export async function requestReset(
  ctx: AppContext,
  who: Grant,
  whose: { ownerId: UserId | undefined; subjectHash: Uint8Array },
): Promise<void> {
  const { ownerId, subjectHash } = whose;
  const { allowed, isTold } = await countRequest(ctx, 'password-reset', whose);
  if (!isTold) {
    const unaudited = 'one request a minute beyond the limit is told of';
    return await withTransaction(ctx, { who, unaudited }, sendNoLink);
  }
  const action = 'auth.password.reset_requested';
  await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const id = ownerId ?? (tx.ids.next() as UserId);
    // Side by side, in one round trip, and for nobody as well.
    const [user, hasPassword] = await Promise.all([tx.users.find(id), tx.users.hasPassword(id)]);
    const subject = subjectOfAttempt({ userId: user?.id, subjectHash });
    const refusal = refusalOf(user, { hasPassword, isWithinLimit: allowed });
    if (refusal !== undefined || user === undefined) {
      await sendNoLink(tx);
      await tx.audit({ action, subject, outcome: 'denied', reason: refusal ?? 'nobody' });
      return;
    }
    await sendResetLink(tx, user, { byStaff: false });
    await tx.audit({ action, subject, outcome: 'success' });
  });
}

function refusalOf(
  user: User | undefined,
  { hasPassword, isWithinLimit }: { hasPassword: boolean; isWithinLimit: boolean },
): string | undefined {
  if (user === undefined) return 'nobody';
  if (isBlocked(user.status, 'recovery')) return 'status';
  // It may be mistyped: whoever reads it outweighs neither a password nor a number that was proven.
  if (user.emailVerifiedAt === null && (hasPassword || user.phoneVerifiedAt !== null)) return 'unproven';
  return isWithinLimit ? undefined : 'limit';
}
