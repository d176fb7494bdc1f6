import { withTransaction } from '@bank/database';
import { DomainError, type Grant, isBlocked, type UserActor } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { needsFactor } from '#features/second-factor/sufficiency.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { countFailure } from '#features/sign-in/address-failures.ts';
import { isEmailedCode, stepUpCode } from '#features/sign-in/emailed-code.ts';
import { lockSchedule, unknownDevices } from '#features/sign-in/lockout-policies.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import { type CountedAttempt, tellOfLock } from '#features/sign-in/record-refusal.ts';
import { type LockedAttempt, refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { renewSession } from '#features/step-up/renew-session.ts';
import type { Session } from '#storage/sessions/session.repository.ts';
import type { PoolKey } from '#storage/sign-ins/lockout.repository.ts';
import type { Credential } from '#storage/users/user.repository.ts';

interface OwnSession {
  who: Grant;
  user: UserActor;
  caller: Caller;
  session: Session;
  isDeviceKnown: boolean;
}

interface CountedPassword extends CountedAttempt, PoolKey {
  credential: Credential;
}

type Counted = { kind: 'counted'; counted: CountedPassword } | { kind: 'locked'; attempt: LockedAttempt };

/**
 * Renews `auth_time` by the password, for a user without a factor; on a device not known to him by an emailed code as well.
 * The session is at `aal1` afterwards, whatever it was. A wrong password counts in the same pools as a sign-in's.
 */
export async function stepUpWithPassword(
  ctx: AppContext,
  own: OwnSession,
  proof: { password: string; code: string | undefined },
): Promise<SignedIn> {
  const { who, user, caller, isDeviceKnown } = own;
  await requireNoFactor(ctx, user);
  if (!isDeviceKnown && proof.code === undefined) throw new DomainError('auth.step_up.code_required');
  const counted = await countAttempt(ctx, own);
  const { valid } = await ctx.hasher.verify(counted.credential.passwordHash, proof.password);
  if (!valid) {
    await countFailure(ctx, caller.clientAddress);
    await recordWrongPassword(ctx, own, counted);
    throw new DomainError('auth.credentials.invalid', { reason: 'password of a step-up' });
  }
  const audits = ['auth.stepped_up', 'auth.step_up.failed'] as const;
  const renewed = await withTransaction(ctx, { who, audits }, async (tx) => {
    if (!isDeviceKnown && !(await isRightCode(tx, user, proof.code ?? ''))) {
      const failure = { action: 'auth.step_up.failed', subject: user.userId, outcome: 'failure' } as const;
      await tx.audit({ ...failure, reason: 'code', details: { sessionId: user.sessionId } });
      return undefined;
    }
    const current = await tx.users.shareCredential(user.userId);
    if (current?.passwordHash !== counted.credential.passwordHash || isBlocked(current.status, 'sign_in')) {
      throw new DomainError('auth.credentials.invalid', { reason: 'changed meanwhile' });
    }
    await tx.lockouts.reset(counted);
    return await renewSession(tx, user, { acr: 'aal1', amr: isDeviceKnown ? ['pwd'] : ['pwd', 'otp'] });
  });
  if (renewed === undefined) throw new DomainError('auth.second_factor.invalid', { reason: 'emailed code' });
  return renewed;
}

/** Who has a factor steps up with it: the password alone would take it away from him. Staff never do without (SR-72). */
async function requireNoFactor(ctx: AppContext, { userId, audience }: UserActor): Promise<void> {
  if (needsFactor(audience)) {
    throw new DomainError('auth.step_up.required', { reason: 'staff', details: { acr: 'aal2' } });
  }
  const factors = await ctx.factors.list(userId);
  if (factors === undefined) {
    throw new DomainError('service.unavailable', { reason: 'mfa did not answer', details: { retryAfterSeconds: 2 } });
  }
  if (factors.length > 0) {
    throw new DomainError('auth.step_up.required', { reason: 'has a factor', details: { acr: 'aal2' } });
  }
}

/** Counts the attempt before anything is hashed (SR-12). @throws auth.credentials.locked */
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
    if (claimed !== undefined) return { kind: 'counted', counted: { at, knownDeviceId, claimed, credential, ...key } };
    const lock = await tx.lockouts.findLock(key);
    const { userId } = user;
    return { kind: 'locked', attempt: { at, userId, knownDeviceId, clientId: session.clientId, ...key, lock } };
  });
  return outcome.kind === 'counted' ? outcome.counted : await refuseLocked(ctx, who, outcome.attempt);
}

async function recordWrongPassword(ctx: AppContext, own: OwnSession, counted: CountedPassword): Promise<void> {
  const { userId, sessionId } = own.user;
  const { claimed, pool } = counted;
  const { lockedUntil } = claimed;
  const audits = ['auth.step_up.failed', 'auth.sign_in.locked'] as const;
  await withTransaction(ctx, { who: own.who, audits }, async (tx) => {
    const details = { sessionId, failures: claimed.failures };
    const failure = { action: 'auth.step_up.failed', subject: userId, outcome: 'failure' } as const;
    await tx.audit({ ...failure, reason: 'credentials', details });
    if (lockedUntil === null) return;
    await tx.audit({ action: 'auth.sign_in.locked', subject: userId, outcome: 'denied', details: { pool } });
    await tellOfLock(tx, counted, userId, lockedUntil);
  });
}

async function isRightCode(tx: AppTransaction, { sessionId }: UserActor, code: string): Promise<boolean> {
  const claim = { attemptsMax: codeAttemptsMax, now: tx.clock.now() };
  const stored = await tx.stepUpCodes.claimTry(sessionId, claim);
  if (stored === undefined || !isEmailedCode(tx, stepUpCode, stored, code)) return false;
  await tx.stepUpCodes.remove(sessionId);
  return true;
}
