import { withTransaction } from '@bank/database';
import { DomainError, type Grant, type UserActor } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { verifyCounted } from '#features/password/verify-counted.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { lockSchedule, unknownDevices } from '#features/sign-in/lockout-policies.ts';
import { type LockedAttempt, refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { tellOfFailures } from '#features/sign-in/tell-of-failures.ts';
import { tellOfLock } from '#features/sign-in/tell-of-lock.ts';
import type { Session } from '#storage/sessions/session.repository.ts';
import type { ClaimedAttempt, PoolKey } from '#storage/sign-ins/lockout.repository.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/** Somebody on a live session of theirs. */
export interface OwnSession {
  who: Grant;
  user: UserActor;
  caller: Caller;
  session: Session;
  isDeviceKnown: boolean;
}

/** An attempt to say one's password that is counted already. */
export interface CountedPassword extends PoolKey {
  at: Date;
  claimed: ClaimedAttempt;
  credential: Credential;
}

/** A password that was right. Whoever acts on it checks that it still is, and ends its failures. */
export interface ConfirmedPassword extends CountedPassword {
  /** It was wrong by itself, and what the caller takes in its place was right. */
  isReplaced: boolean;
}

type Counted = { kind: 'counted'; counted: CountedPassword } | { kind: 'locked'; attempt: LockedAttempt };

/**
 * Verifies the password of who holds a session. The attempt counts in the same pools as a sign-in's, before anything is
 * hashed (SR-7, SR-12, SR-13); `failure` is what the ledger calls a wrong one. `orElse` may take something in its place.
 * @throws auth.credentials.invalid, auth.credentials.locked, request.rate_limited, service.overloaded
 */
export async function confirmPassword(
  ctx: AppContext,
  own: OwnSession,
  password: string,
  failure: 'auth.step_up.failed' | 'auth.password.change_failed',
  orElse: (counted: CountedPassword) => Promise<boolean> = async () => false,
): Promise<ConfirmedPassword> {
  const judge = async () => {
    const counted = await countAttempt(ctx, own);
    const { valid } = await verifyCounted(ctx, counted, password);
    const isReplaced = !valid && (await orElse(counted));
    return { counted: { ...counted, isReplaced }, valid: valid || isReplaced };
  };
  const { counted, valid } = await ctx.hasher.admit(() =>
    withFailureLimit(ctx, own.caller.clientAddress, judge, (outcome) => !outcome.valid),
  );
  if (valid) return counted;
  await recordWrongPassword(ctx, own, counted, failure);
  throw new DomainError('auth.credentials.invalid', { reason: failure });
}

/** Ends the failures before a password that was right, which its user is told of as at a sign-in (SR-20). */
export async function endFailures(tx: AppTransaction, confirmed: ConfirmedPassword): Promise<void> {
  const attempts = await tx.lockouts.reset(confirmed);
  await tellOfFailures(tx, confirmed.credential.userId, { failures: attempts - 1, at: confirmed.at });
}

async function countAttempt(
  ctx: AppContext,
  { who, user, session, isDeviceKnown }: OwnSession,
): Promise<CountedPassword> {
  const at = ctx.clock.now();
  const knownDeviceId = isDeviceKnown ? session.deviceId : undefined;
  const subjectHash = keyedHash(ctx.keys.limits, 'user', user.userId);
  const key = { subjectHash, pool: knownDeviceId ?? unknownDevices };
  const unaudited = 'counts an attempt: the ledger gets what becomes of it';
  const outcome = await withTransaction(ctx, { who, unaudited }, async (tx): Promise<Counted> => {
    const credential = await tx.users.shareCredential(user.userId);
    if (credential === undefined) throw new DomainError('auth.token.invalid', { reason: 'no such user' });
    const claimed = await tx.lockouts.claim(key, lockSchedule, at);
    if (claimed !== undefined) return { kind: 'counted', counted: { at, claimed, credential, ...key } };
    const lock = await tx.lockouts.findLock(key);
    const { userId } = user;
    return { kind: 'locked', attempt: { at, userId, knownDeviceId, clientId: session.clientId, ...key, lock } };
  });
  return outcome.kind === 'counted' ? outcome.counted : await refuseLocked(ctx, who, outcome.attempt);
}

async function recordWrongPassword(
  ctx: AppContext,
  own: OwnSession,
  counted: CountedPassword,
  action: 'auth.step_up.failed' | 'auth.password.change_failed',
): Promise<void> {
  const { userId, sessionId } = own.user;
  const { failures, lockedUntil } = counted.claimed;
  await withTransaction(ctx, { who: own.who, audits: [action, 'auth.sign_in.locked'] }, async (tx) => {
    const details = { sessionId, failures };
    await tx.audit({ action, subject: userId, outcome: 'failure', reason: 'credentials', details });
    if (lockedUntil !== null) await tellOfLock(tx, { ...counted, userId });
  });
}
