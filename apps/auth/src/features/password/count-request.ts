import type { UserId } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppContext } from '#context.ts';
import { refusalsToldLimit, resetLimit } from '#features/password/policies.ts';

/** What a stranger may ask for in the name of anybody. */
type AskedFor = 'password-reset' | 'recovery';

/**
 * Counts a request by the user, or by the identifier that names nobody: both alike (SR-15, SR-18). `allowed` is whether a link
 * may go out; `isTold` whether the ledger hears of it, which of those beyond the limit it does once a minute.
 */
export async function countRequest(
  ctx: AppContext,
  askedFor: AskedFor,
  whose: { ownerId: UserId | undefined; subjectHash: Uint8Array },
): Promise<{ allowed: boolean; isTold: boolean }> {
  const counted = whose.ownerId ?? Buffer.from(whose.subjectHash).toString('hex');
  const key = Buffer.from(keyedHash(ctx.keys.limits, askedFor, counted)).toString('hex');
  const { allowed } = await ctx.rateLimits.consume(`${askedFor}:${key}`, resetLimit);
  if (allowed) return { allowed, isTold: true };
  const told = await ctx.rateLimits.consume(`${askedFor}-refusal:${key}`, refusalsToldLimit);
  return { allowed, isTold: told.allowed };
}
