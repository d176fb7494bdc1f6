import { readerOf } from '@bank/database';
import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type AssessedSignIn, assessAttempt, standingOf } from '#features/sign-in/policies.ts';
import { Attempt } from '#features/sign-in/schemas.ts';

/**
 * Judges an attempt to sign in while its password is being verified. A decoy user id costs the same query and is
 * answered like an unknown device.
 * @throws access.forbidden, request.invalid
 */
export async function assessSignIn(ctx: AppContext, actor: Actor, input: unknown): Promise<AssessedSignIn> {
  allow.service(actor, ['auth']);
  const { attemptId, userId, knownDeviceId } = parse(Attempt, input);
  const record = await readerOf(ctx).devices.find(userId, knownDeviceId || attemptId);
  const device = knownDeviceId === '' ? 'unknown' : standingOf(record);
  return { ...assessAttempt({ device }), deviceTrustedAt: device === 'trusted' ? (record?.trustedAt ?? null) : null };
}
