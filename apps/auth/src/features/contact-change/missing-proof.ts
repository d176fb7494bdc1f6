import { readerOf } from '@bank/database';
import type { ErrorDetails, UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { IdentifierKind } from '#storage/users/identifier.repository.ts';

/**
 * What the user who asks has yet to prove before another number takes the place of theirs, as a step-up; undefined where nothing.
 * Codes of a factor go to the number: whoever moves it changes that factor, and does so by the rule for factors (SR-31). A number
 * that is proven only after this look stays for a day, and what was to take its place is over. An address is not judged so: ADR 19
 * says why. For outside of a transaction. @throws service.unavailable while mfa is away
 */
export async function missingProof(
  ctx: AppContext,
  userId: UserId,
  kind: IdentifierKind,
): Promise<ErrorDetails | undefined> {
  if (kind !== 'phone') return undefined;
  const user = await readerOf(ctx).users.find(userId);
  if (user === undefined || user.phoneVerifiedAt === null) return undefined;
  return await ctx.factorRule.missing();
}
