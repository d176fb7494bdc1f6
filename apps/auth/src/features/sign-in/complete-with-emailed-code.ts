import { withTransaction } from '@bank/database';
import { DomainError } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { isEmailedCode, signInCode } from '#features/sign-in/emailed-code.ts';
import {
  completionAudits,
  openCompleted,
  refuseSecondHalf,
  type SecondHalfRequest,
} from '#features/sign-in/open-completed.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';

type Outcome = { kind: 'signed_in'; signedIn: SignedIn } | { kind: 'unknown' | 'wrong_code' | 'changed' };

/**
 * Completes a sign-in by an emailed code. The session stays `aal1` (SR-29), but its device is known from now on.
 * @throws auth.login.invalid, auth.second_factor.invalid
 */
export async function completeWithEmailedCode(
  ctx: AppContext,
  half: SecondHalfRequest,
  proof: { challengeId: string; code: string },
): Promise<SignedIn> {
  const { challengeId, code } = proof;
  const now = ctx.clock.now();
  const access = { who: half.who, audits: completionAudits } as const;
  const outcome = await withTransaction(ctx, access, async (tx): Promise<Outcome> => {
    const claim = { challengeId, attemptsMax: codeAttemptsMax, now };
    const attempt = await tx.signIns.claimAttempt(half.request.loginId, claim);
    if (attempt === undefined) return { kind: 'unknown' };
    if (!isEmailedCode(ctx, signInCode, { ...attempt, challengeId }, code)) {
      await refuseSecondHalf(tx, attempt);
      return { kind: 'wrong_code' };
    }
    await tx.signIns.close(attempt.id, now);
    const signedIn = await openCompleted(tx, attempt, half, assuranceOf('email'));
    return signedIn === undefined ? { kind: 'changed' } : { kind: 'signed_in', signedIn };
  });
  if (outcome.kind === 'wrong_code') throw new DomainError('auth.second_factor.invalid', { reason: outcome.kind });
  if (outcome.kind !== 'signed_in') throw new DomainError('auth.login.invalid', { reason: outcome.kind });
  return outcome.signedIn;
}
