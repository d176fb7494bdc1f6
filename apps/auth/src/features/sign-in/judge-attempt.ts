import { parse, UserIdSchema, type UserState } from '@bank/domain';
import type { Factor } from '#adapters/factors/factor-directory.ts';
import type { Assessment } from '#adapters/risk/sign-in-assessor.ts';
import type { AppContext } from '#context.ts';
import { isEntitled } from '#features/client/entitlement.ts';
import { isListedByNow } from '#features/password/accept-password.ts';
import { verifyCounted } from '#features/password/verify-counted.ts';
import { needsFactor } from '#features/second-factor/policies.ts';
import { staffSinceAt, sufficientFactors } from '#features/second-factor/sufficient-factors.ts';
import type { Attempt } from '#features/sign-in/attempt.ts';
import { isRemembered, type SignInFacts } from '#features/sign-in/policies.ts';

export interface Judgement extends SignInFacts {
  /** Those that are good enough for the client. */
  factors: readonly Factor[];
  /** The password is on a list of common or breached ones, whoever's it is. */
  isListed: boolean;
  /** The hash is of older costs or an older pepper. */
  stale: boolean;
}

/**
 * Verifies the password while `device` and `mfa` are asked, always all three, with a decoy where there is no user; that it may
 * be on a list by now is looked up for right and wrong ones alike (SR-15).
 * @throws service.unavailable when mfa does not answer, whatever the password was: the attempt stays counted
 */
export async function judgeAttempt(ctx: AppContext, attempt: Attempt, password: string): Promise<Judgement> {
  // The questions leave first: they wait for others, and the hash for a processor.
  const [{ verdict, deviceTrustedAt }, enrolled, staffSince, isListed, verified] = await Promise.all([
    assess(ctx, attempt),
    ctx.factors.list(attempt.userId),
    staffSinceAt(ctx, { userId: parse(UserIdSchema, attempt.userId), audience: attempt.client.audience }),
    isListedByNow(ctx, password),
    verifyCounted(ctx, attempt, password),
  ]);
  const { client, credential } = attempt;
  const factors = sufficientFactors(enrolled, client.audience, staffSince);
  const userState: UserState | undefined = credential?.status;
  return {
    passwordValid: verified.valid,
    stale: verified.stale,
    isListed,
    userState,
    verdict,
    factors,
    isEntitled: isEntitled(client, credential?.roles ?? []),
    hasFactors: factors.length > 0,
    needsFactor: needsFactor(client.audience),
    isRemembered: isRemembered(
      { deviceTrustedAt, passwordChangedAt: credential?.changedAt, at: attempt.at },
      ctx.config.TRUSTED_DEVICE_DAYS,
    ),
  };
}

function assess(ctx: AppContext, attempt: Attempt): Promise<Assessment> {
  return ctx.assessor.assess({
    attemptId: attempt.id,
    userId: attempt.userId,
    knownDeviceId: attempt.knownDeviceId,
    clientId: attempt.client.id,
    clientAddress: attempt.caller.clientAddress,
    userAgent: attempt.caller.userAgent,
    platform: attempt.device.input?.platform,
    at: attempt.at,
  });
}
