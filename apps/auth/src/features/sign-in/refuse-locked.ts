import { withTransaction } from '@bank/database';
import { DomainError, type Grant, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { signInFailed } from '#events.ts';
import {
  countsCodes,
  refusalsQuietSince,
  secondsLocked,
  subjectOfAttempt,
} from '#features/sign-in/lockout-policies.ts';
import { tellOfLock } from '#features/sign-in/tell-of-lock.ts';
import type { Lock, PoolKey } from '#storage/sign-ins/lockout.repository.ts';

/** An attempt, of any way to present the password or an emailed code or to ask for one, whose pool is locked: nothing was verified. */
export interface LockedAttempt extends PoolKey {
  at: Date;
  userId: UserId | undefined;
  knownDeviceId: string | undefined;
  clientId: string;
  /** Undefined when it was lifted while the attempt was looked at. */
  lock: Lock | undefined;
}

/**
 * Refuses an attempt while its pool is locked, whether or not it names a user. The ledger and the house are told of the
 * first refusal of a lock and of one a minute from then on (SR-86). @throws auth.credentials.locked,
 * auth.second_factor.locked for codes
 */
export async function refuseLocked(ctx: AppContext, who: Grant, attempt: LockedAttempt): Promise<never> {
  const { at, lock } = attempt;
  const toldAt = lock?.refusalToldAt ?? undefined;
  if (toldAt === undefined || toldAt <= refusalsQuietSince(at)) await tellOfRefusal(ctx, who, attempt);
  const details = { retryAfterSeconds: secondsLocked(lock, at) };
  const code = countsCodes(attempt.pool) ? 'auth.second_factor.locked' : 'auth.credentials.locked';
  throw new DomainError(code, { reason: 'pool is locked', details });
}

async function tellOfRefusal(ctx: AppContext, who: Grant, attempt: LockedAttempt): Promise<void> {
  const { at, userId, clientId, knownDeviceId, pool } = attempt;
  await withTransaction(ctx, { who, audits: ['auth.sign_in.locked'] }, async (tx) => {
    if (!(await tx.lockouts.noteRefusal(attempt, at, refusalsQuietSince(at)))) return;
    // It may have been closed by right passwords that nobody completed, or by attempts that nobody could judge.
    await tellOfLock(tx, attempt);
    const refusal = { action: 'auth.sign_in.locked', outcome: 'denied', reason: 'locked' } as const;
    await tx.audit({ ...refusal, subject: subjectOfAttempt(attempt), details: { pool, clientId } });
    if (userId === undefined) return;
    await tx.emit(signInFailed({ userId, deviceId: knownDeviceId, clientId, reason: 'locked', at }));
  });
}
