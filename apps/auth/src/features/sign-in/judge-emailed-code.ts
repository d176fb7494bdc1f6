import type { UserId } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { lockSchedule, poolOfCodes } from '#features/sign-in/lockout-policies.ts';
import type { LockedAttempt } from '#features/sign-in/refuse-locked.ts';
import { tellOfLock } from '#features/sign-in/tell-of-lock.ts';
import type { PoolKey } from '#storage/sign-ins/lockout.repository.ts';

/** Who presents a code or asks for one, and the device of theirs on which they do. */
interface CodeOrigin {
  userId: UserId;
  clientId: string;
  knownDeviceId: string | undefined;
}

/** What a code is worth; one that comes while the user's codes are locked was compared with nothing. */
export type CodeVerdict = { kind: 'right' | 'wrong' } | { kind: 'locked'; attempt: LockedAttempt };

/**
 * Judges an emailed code as one try of its user's pool, counted before it is compared. Whoever has the password begins another sign-in,
 * or opens another session, for another five tries of a code, and so guesses against this count alone: no right password
 * resets it, but a right code on either path does, and what lifts all pools of a user (SR-25). The transaction holds the user's row.
 */
export async function judgeEmailedCode(
  tx: AppTransaction,
  from: CodeOrigin,
  isRight: () => Promise<boolean>,
): Promise<CodeVerdict> {
  const at = tx.clock.now();
  const key = keyOf(tx, from);
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

/** What to refuse whoever asks for a code with, while one that were sent would not be taken; undefined while it would be. */
export async function findLockOfCodes(tx: AppTransaction, from: CodeOrigin): Promise<LockedAttempt | undefined> {
  const at = tx.clock.now();
  const key = keyOf(tx, from);
  const lock = await tx.lockouts.findLock(key);
  return lock === undefined || lock.until <= at ? undefined : { ...from, ...key, at, lock };
}

function keyOf(tx: AppTransaction, { userId, knownDeviceId }: CodeOrigin): PoolKey {
  return { subjectHash: keyedHash(tx.keys.limits, 'user', userId), pool: poolOfCodes(knownDeviceId) };
}
