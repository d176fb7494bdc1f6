import { withTransaction } from '@bank/database';
import { DomainError, isBlocked, type UserActor } from '@bank/domain';
import { keyedHash } from '@bank/security';
import { noAnswerOf } from '#adapters/no-answer.ts';
import type { AppContext, AppTransaction } from '#context.ts';
import { confirmPassword, endFailures, type OwnSession } from '#features/password/confirm-password.ts';
import { isStillPassword } from '#features/password/policies.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import { needsFactor } from '#features/second-factor/sufficiency.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { isEmailedCode, stepUpCode } from '#features/sign-in/emailed-code.ts';
import { emailedCodes, lockSchedule, secondsLocked } from '#features/sign-in/lockout-policies.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import { renewSession } from '#features/step-up/renew-session.ts';
import { proveEmail } from '#features/user/prove-email.ts';

/**
 * Renews `auth_time` by the password, for a user without a factor; on an unknown device by an emailed code as well, which proves
 * the address to be the user's. The session is at `aal1` afterwards, whatever it was. A wrong password counts in the same pools as a sign-in's.
 */
export async function stepUpWithPassword(
  ctx: AppContext,
  own: OwnSession,
  proof: { password: string; code: string | undefined },
): Promise<SignedIn> {
  const { who, user, isDeviceKnown } = own;
  await requireNoFactor(ctx, user);
  if (!isDeviceKnown && proof.code === undefined) throw new DomainError('auth.step_up.code_required');
  const confirmed = await confirmPassword(ctx, own, proof.password, 'auth.step_up.failed');
  const audits = ['auth.stepped_up', 'auth.step_up.failed', 'user.email_proven'] as const;
  const renew = () =>
    withTransaction(ctx, { who, audits }, async (tx) => {
      // The user's row first: all who change a user lock in that order.
      const held = await tx.users.lock(user.userId);
      if (!isDeviceKnown && !(await isRightCode(tx, user, proof.code ?? ''))) {
        const failure = { action: 'auth.step_up.failed', subject: user.userId, outcome: 'failure' } as const;
        await tx.audit({ ...failure, reason: 'code', details: { sessionId: user.sessionId } });
        return undefined;
      }
      const current = await tx.users.shareCredential(user.userId);
      const isSame = current !== undefined && isStillPassword(confirmed.credential, current);
      if (held === undefined || !isSame || isBlocked(current.status, 'sign_in')) {
        throw new DomainError('auth.credentials.invalid', { reason: 'changed meanwhile' });
      }
      await endFailures(tx, confirmed);
      if (!isDeviceKnown && current.compromisedAt === null) await proveEmail(tx, held);
      return await renewSession(tx, user, assuranceOf(['password', isDeviceKnown ? 'device' : 'email']));
    });
  const renewed = await withFailureLimit(ctx, own.caller.clientAddress, renew, (session) => session === undefined);
  if (renewed === undefined) throw new DomainError('auth.second_factor.invalid', { reason: 'emailed code' });
  return renewed;
}

/** Who has a factor steps up with it: the password alone would take it from them. Staff never do without (SR-72). */
async function requireNoFactor(ctx: AppContext, { userId, audience }: UserActor): Promise<void> {
  if (needsFactor(audience)) {
    throw new DomainError('auth.step_up.required', { reason: 'staff', details: { acr: 'aal2' } });
  }
  const factors = await ctx.factors.list(userId);
  if (factors === undefined) {
    throw noAnswerOf('mfa');
  }
  // Emailed codes raise nothing, so they take nothing away either (SR-29).
  if (factors.some(({ type }) => type !== 'email')) {
    throw new DomainError('auth.step_up.required', { reason: 'has a factor', details: { acr: 'aal2' } });
  }
}

/**
 * Counts a try in the session and over all sessions of the user, and judges it: whoever has the password opens another session for another five
 * tries, and so guesses against the second count alone, which nothing but a right code resets (SR-25). @throws auth.second_factor.locked
 */
async function isRightCode(tx: AppTransaction, { userId, sessionId }: UserActor, code: string): Promise<boolean> {
  const now = tx.clock.now();
  const tries = { subjectHash: keyedHash(tx.keys.limits, 'user', userId), pool: emailedCodes };
  if ((await tx.lockouts.claim(tries, lockSchedule, now)) === undefined) {
    const details = { retryAfterSeconds: secondsLocked(await tx.lockouts.findLock(tries), now) };
    throw new DomainError('auth.second_factor.locked', { reason: 'emailed codes', details });
  }
  const stored = await tx.stepUpCodes.claimTry(sessionId, { attemptsMax: codeAttemptsMax, now });
  if (stored === undefined || !isEmailedCode(tx, stepUpCode, stored, code)) return false;
  await tx.lockouts.reset(tries);
  await tx.stepUpCodes.remove(sessionId);
  return true;
}
