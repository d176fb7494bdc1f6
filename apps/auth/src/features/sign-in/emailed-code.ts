import { keyedHash, sameBytes } from '@bank/security';
import type { AppContext } from '#context.ts';

/** What the keyed hash of an emailed code is for: the code of one challenge opens no other (SR-24). */
export const codeContext = 'sign-in-code';

/** Whether a code is the one that was sent for this challenge and is still good. */
export function isEmailedCode(
  ctx: AppContext,
  stored: { challengeId: string; codeHash: Uint8Array; codeExpiresAt: Date },
  code: string,
): boolean {
  if (stored.codeExpiresAt <= ctx.clock.now()) return false;
  const value = `${stored.challengeId}:${code}`;
  return ctx.keys.limits.all().some((key) => sameBytes(keyedHash(key, codeContext, value), stored.codeHash));
}
