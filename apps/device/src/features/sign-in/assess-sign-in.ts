import { readerOf } from '@bank/database';
import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type Assessment, assessAttempt } from '#features/sign-in/policies.ts';
import { Attempt } from '#features/sign-in/schemas.ts';

/**
 * Judges an attempt to sign in while its password is being verified. A decoy user id costs the same query and is
 * answered like an unknown device.
 * @throws access.forbidden, request.invalid
 */
export async function assessSignIn(ctx: AppContext, actor: Actor, input: unknown): Promise<Assessment> {
  allow.service(actor, ['auth']);
  const attempt = parse(Attempt, input);
  const known = await readerOf(ctx).devices.find(attempt.userId, attempt.knownDeviceId || attempt.attemptId);
  return assessAttempt({
    knownDeviceId: attempt.knownDeviceId === '' ? undefined : attempt.knownDeviceId,
    isRemoved: known?.removedAt != null,
  });
}
