import type { Factor } from '#adapters/factors/factor-directory.ts';
import { noAnswerOf } from '#adapters/no-answer.ts';
import type { AppContext } from '#context.ts';
import { askedFactors, suffices } from '#features/second-factor/sufficiency.ts';

/**
 * Of what mfa answered, the factors that are asked for a session of that audience. Without an answer nobody is taken for
 * somebody who has none. @throws service.unavailable
 */
export function sufficientFactors(enrolled: readonly Factor[] | undefined, audience: string): readonly Factor[] {
  if (enrolled === undefined) {
    throw noAnswerOf('mfa');
  }
  return askedFactors(audience, enrolled);
}

/**
 * Whether this kind of factor is asked of the user now. What is not good enough lets a member of staff enrol a passkey, and
 * only while they have none, so mfa is asked again. @throws service.unavailable
 */
export async function isAsked(
  ctx: Pick<AppContext, 'factors'>,
  { userId, audience }: { userId: string; audience: string },
  by: string,
): Promise<boolean> {
  if (suffices(audience, by)) return true;
  return sufficientFactors(await ctx.factors.list(userId), audience).some(({ type }) => type === by);
}
