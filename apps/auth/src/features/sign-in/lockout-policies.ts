import type { UserId } from '@bank/domain';

/** Consecutive failures in one pool after which the pool locks (SR-11). */
export const failuresBeforeLock = 5;

/**
 * How long a pool stays locked, in seconds: the first entry at the fifth consecutive failure, the next at the sixth, and
 * so on; the last entry repeats. After a lock has run out a single failure locks again, for longer.
 */
const lockSeconds: readonly number[] = [60, 120, 240, 480, 960, 1800];

/** The pool of everyone whose device the named user does not know: strangers share it, the owner's devices do not. */
export const unknownDevices = 'unknown';

const emailedCodes = 'emailed_code';

/**
 * The pool of a user's codes by mail: one over all sign-ins and sessions of devices that they do not know, and one of each
 * that they do, so that a stranger who has the password locks none of those (SR-12).
 */
export function poolOfCodes(knownDeviceId: string | undefined): string {
  return knownDeviceId === undefined ? emailedCodes : `${emailedCodes}:${knownDeviceId}`;
}

/** Whether a pool counts codes by mail, and no passwords. */
export function countsCodes(pool: string): boolean {
  return pool.split(':', 1)[0] === emailedCodes;
}

/** The known device whose pool it is, if it is one's. */
export function deviceOfPool(pool: string): string | undefined {
  if (countsCodes(pool)) return pool.split(':')[1];
  return pool === unknownDevices ? undefined : pool;
}

/** Seconds a pool locks once `failures` consecutive attempts have failed; 0 while it stays open. */
export function lockAfter(failures: number): number {
  if (failures < failuresBeforeLock) return 0;
  return lockSeconds[Math.min(failures - failuresBeforeLock, lockSeconds.length - 1)] ?? 0;
}

/** The same as the counter in the database applies it, in one statement. */
export const lockSchedule = { failuresBeforeLock, lockSeconds };

/** Whole seconds until a lock is over, at least one: also where it was lifted while the attempt was looked at. */
export function secondsLocked(lock: { readonly until: Date } | undefined, now: Date): number {
  return Math.max(1, Math.ceil(((lock?.until ?? now).getTime() - now.getTime()) / 1000));
}

/** Seconds in which one refusal of a locked pool is told of: who tries on must not be able to fill the ledger. */
const refusalQuietSeconds = 60;

/** A refusal is told of unless another one was after this moment. The first one of each lock always is. */
export function refusalsQuietSince(now: Date): Date {
  return new Date(now.getTime() - refusalQuietSeconds * 1000);
}

/** Whom the ledger names: attempts on one unknown identifier can be told to belong together, and nothing more. */
export function subjectOfAttempt(attempt: { userId: UserId | undefined; subjectHash: Uint8Array }): string {
  return attempt.userId ?? `unknown:${Buffer.from(attempt.subjectHash).toString('hex').slice(0, 32)}`;
}
