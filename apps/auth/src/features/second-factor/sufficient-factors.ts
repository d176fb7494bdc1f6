import { readerOf } from '@bank/database';
import { audiences, type UserId } from '@bank/domain';
import type { EnrolledFactor, Factor } from '#adapters/factors/factor-directory.ts';
import { nameOf, type ProvedBy } from '#adapters/factors/factor-kind.ts';
import { noAnswerOf } from '#adapters/no-answer.ts';
import type { AppContext } from '#context.ts';
import { askedFactors, isOfBefore, suffices } from '#features/second-factor/policies.ts';

interface Whose {
  readonly userId: UserId;
  readonly audience: string;
}

/** Since when a user is a member of staff, where their factors are held against it: at the staff's client (SR-72). */
export async function staffSinceAt(ctx: AppContext, { userId, audience }: Whose): Promise<Date | null> {
  return audience === audiences.staff ? await findStaffSince(ctx, userId) : null;
}

async function findStaffSince(ctx: AppContext, userId: UserId): Promise<Date | null> {
  return (await readerOf(ctx).users.find(userId))?.staffSince ?? null;
}

/**
 * Of what mfa answered, the factors that are asked for a session of that audience. Without an answer nobody is taken for
 * somebody who has none. @throws service.unavailable
 */
export function sufficientFactors(
  enrolled: readonly EnrolledFactor[] | undefined,
  audience: string,
  staffSince: Date | null,
): readonly Factor[] {
  if (enrolled === undefined) {
    throw noAnswerOf('mfa');
  }
  const counting = enrolled.filter((factor) => !isOfBefore(factor, staffSince));
  return askedFactors(audience, counting).map(({ id, kind, hint }) => ({ id, kind, hint }));
}

/** The same of a user whom mfa is asked about. @throws service.unavailable */
export async function listSufficient(ctx: AppContext, whose: Whose): Promise<readonly Factor[]> {
  const [enrolled, since] = await Promise.all([ctx.factors.list(whose.userId), staffSinceAt(ctx, whose)]);
  return sufficientFactors(enrolled, whose.audience, since);
}

/**
 * Whether this kind of factor is asked of the user now. What is not good enough lets a member of staff enrol a passkey, and
 * only while they have none, so mfa is asked again. @throws service.unavailable
 */
export async function isAsked(ctx: AppContext, whose: Whose, by: ProvedBy): Promise<boolean> {
  if (suffices(whose.audience, by) && (await staffSinceAt(ctx, whose)) === null) return true;
  return (await listSufficient(ctx, whose)).some(({ kind }) => kind.name === nameOf(by));
}

/**
 * Whether a factor may prove a user: of a member of staff it is none of before they became one, on whatever page, since what one of
 * before proves on the customers' would enrol another that opens the console (SR-72). mfa is asked about these alone.
 * @throws service.unavailable
 */
export async function isGoodSince(ctx: AppContext, userId: UserId, factorId: string): Promise<boolean> {
  const since = await findStaffSince(ctx, userId);
  if (since === null) return true;
  const enrolled = await ctx.factors.list(userId);
  if (enrolled === undefined) throw noAnswerOf('mfa');
  return enrolled.some((factor) => factor.id === factorId && !isOfBefore(factor, since));
}

/**
 * Whether a factor may be asked for, judged before anything is started or sent that could never count (SR-18): for a session of staff it
 * is one of those that are asked for, and for a step-up none that lets them enrol a passkey and no more (SR-72). mfa is asked about staff
 * alone. @throws service.unavailable
 */
export async function mayBeAsked(
  ctx: AppContext,
  { userId, audience, purpose }: Whose & { readonly purpose: 'sign_in' | 'step_up' },
  factorId: string,
): Promise<boolean> {
  if (audience === audiences.customers) return await isGoodSince(ctx, userId, factorId);
  const factor = (await listSufficient(ctx, { userId, audience })).find(({ id }) => id === factorId);
  return factor !== undefined && (purpose === 'sign_in' || suffices(audience, factor.kind));
}
