import { withTransaction } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { refuseCompromised } from '#features/password/compromised.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import { listSufficient } from '#features/second-factor/sufficient-factors.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { denySignIn } from '#features/sign-in/deny-sign-in.ts';
import { isEmailedCode, signInCode } from '#features/sign-in/emailed-code.ts';
import { type CodeVerdict, judgeEmailedCode } from '#features/sign-in/judge-emailed-code.ts';
import { deviceOfPool } from '#features/sign-in/lockout-policies.ts';
import {
  completionAudits,
  openCompleted,
  refuseSecondHalf,
  type SecondHalfRequest,
} from '#features/sign-in/open-completed.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import { refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { proveEmail } from '#features/user/prove-email.ts';
import type { PendingSignIn } from '#storage/sign-ins/sign-in.repository.ts';

type Outcome =
  | { kind: 'signed_in'; signedIn: SignedIn }
  | { kind: 'compromised'; pending: PendingSignIn }
  | Extract<CodeVerdict, { kind: 'locked' }>
  | { kind: 'unknown' | 'wrong_code' | 'changed' | 'factor_enrolled' };

/**
 * Completes a sign-in by an emailed code. The session stays `aal1` (SR-29), but its device is known from now on, and so is that the
 * address is the user's: who knows their password reads its mail. Who has
 * enrolled a factor since the first half has to present it, so such a sign-in is over; mfa is asked for every code, right or
 * wrong. @throws auth.login.invalid, auth.second_factor.invalid, auth.second_factor.locked, auth.password.compromised,
 * request.rate_limited, service.unavailable
 */
export async function completeWithEmailedCode(
  ctx: AppContext,
  half: SecondHalfRequest,
  userId: UserId,
  proof: { challengeId: string; code: string },
): Promise<SignedIn> {
  const judge = () => tryCode(ctx, half, userId, proof);
  const outcome = await withFailureLimit(ctx, half.caller.clientAddress, judge, ({ kind }) => kind === 'wrong_code');
  if (outcome.kind === 'signed_in') return outcome.signedIn;
  if (outcome.kind === 'compromised') return await refuseCompromised(ctx, half.who, outcome.pending);
  if (outcome.kind === 'locked') return await refuseLocked(ctx, half.who, outcome.attempt);
  const code = outcome.kind === 'wrong_code' ? 'auth.second_factor.invalid' : 'auth.login.invalid';
  throw new DomainError(code, { reason: outcome.kind });
}

async function tryCode(
  ctx: AppContext,
  half: SecondHalfRequest,
  userId: UserId,
  { challengeId, code }: { challengeId: string; code: string },
): Promise<Outcome> {
  const factors = await listSufficient(ctx, { userId, audience: half.client.audience });
  const now = ctx.clock.now();
  const access = { who: half.who, audits: [...completionAudits, 'auth.sign_in.locked', 'user.email_proven'] } as const;
  return await withTransaction(ctx, access, async (tx): Promise<Outcome> => {
    // The user's row first: all who change a user lock in that order.
    const user = await tx.users.lock(userId);
    const limits = { challengeId, attemptsMax: codeAttemptsMax, now };
    const attempt = await tx.signIns.holdForTry(half.request.loginId, limits);
    if (attempt === undefined) return { kind: 'unknown' };
    const { clientId } = attempt;
    const deviceId = deviceOfPool(attempt.pool);
    const verdict = await judgeEmailedCode(tx, { userId, clientId, knownDeviceId: deviceId }, async () => {
      await tx.signIns.countTry(attempt.id);
      return isEmailedCode(ctx, signInCode, { ...attempt, challengeId }, code);
    });
    if (verdict.kind === 'locked') return verdict;
    if (verdict.kind === 'wrong') {
      await refuseSecondHalf(tx, attempt);
      return { kind: 'wrong_code' };
    }
    await tx.signIns.close(attempt.id, now);
    if (factors.length > 0) {
      await denySignIn(tx, { userId, clientId, deviceId }, 'factor', 'factor_enrolled');
      return { kind: 'factor_enrolled' };
    }
    const current = await tx.users.shareCredential(userId);
    const signedIn = await openCompleted(
      tx,
      { pending: attempt, current },
      half,
      assuranceOf(['password', 'emailed_code']),
    );
    if (signedIn === 'compromised') return { kind: 'compromised', pending: attempt };
    if (signedIn === undefined || user === undefined) return { kind: 'changed' };
    await proveEmail(tx, user);
    return { kind: 'signed_in', signedIn };
  });
}
