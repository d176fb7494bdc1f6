import type { UserId } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { emailedCodes, lockSchedule } from '#features/sign-in/lockout-policies.ts';
import type { LockedAttempt } from '#features/sign-in/refuse-locked.ts';
import { tellOfLock } from '#features/sign-in/tell-of-lock.ts';

/** What a code is worth; one that comes while the user's codes are locked was compared with nothing. */
export type CodeVerdict = { kind: 'right' | 'wrong' } | { kind: 'locked'; attempt: LockedAttempt };

/**
 * Judges an emailed code as one try of all its user's, counted before it is compared. Whoever has the password begins another sign-in,
 * or opens another session, for another five tries of a code, and so guesses against this count alone: nothing but a right
 * code resets it, on either path (SR-25). The transaction holds the user's row.
 */
export async function judgeEmailedCode(
  tx: AppTransaction,
  from: { userId: UserId; clientId: string; knownDeviceId: string | undefined },
  isRight: () => Promise<boolean>,
): Promise<CodeVerdict> {
  const at = tx.clock.now();
  const key = { subjectHash: keyedHash(tx.keys.limits, 'user', from.userId), pool: emailedCodes };
  const claimed = await tx.lockouts.claim(key, lockSchedule, at);
  if (claimed === undefined) {
    return { kind: 'locked', attempt: { ...from, ...key, at, lock: await tx.lockouts.findLock(key) } };
  }
  if (await isRight()) {
    await tx.lockouts.reset(key);
    return { kind: 'right' };
  }
  if (claimed.lockedUntil !== null) await tellOfLock(tx, { ...key, userId: from.userId });
  return { kind: 'wrong' };
}
