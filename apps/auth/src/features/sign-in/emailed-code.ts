import { DomainError } from '@bank/domain';
import { hashCode, matchesCode } from '@bank/security';
import type { AppContext } from '#context.ts';

/** What emailed codes are for: the code of one purpose and challenge opens no other (SR-24). */
export const signInCode = 'sign-in-code';
export const stepUpCode = 'step-up-code';
type Purpose = typeof signInCode | typeof stepUpCode;

/** What is stored of an emailed code (SR-26). */
export function hashEmailedCode(ctx: AppContext, purpose: Purpose, challengeId: string, code: string): Uint8Array {
  return hashCode(ctx.keys.limits, { purpose, binding: challengeId }, code);
}

/** Whether a code is the one that was sent for this challenge and is still good. */
export function isEmailedCode(
  ctx: AppContext,
  purpose: Purpose,
  stored: { challengeId: string; codeHash: Uint8Array; codeExpiresAt: Date },
  code: string,
): boolean {
  if (stored.codeExpiresAt <= ctx.clock.now()) return false;
  return matchesCode(ctx.keys.limits, { purpose, binding: stored.challengeId }, code, stored.codeHash);
}

/** Another code is sent at `notBefore` (SR-18). */
export function tooSoon(notBefore: Date, now: Date): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil((notBefore.getTime() - now.getTime()) / 1000));
  return new DomainError('auth.second_factor.locked', {
    reason: 'a code was sent lately',
    details: { retryAfterSeconds },
  });
}
