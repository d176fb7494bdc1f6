import type { Role } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import type { JudgedPasskey } from '#features/passkey/judge-passkey.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { openSession, type SignedIn } from '#features/session/open-session.ts';
import { unknownDevices } from '#features/sign-in/lockout-policies.ts';
import { tellOfFailures } from '#features/sign-in/tell-of-failures.ts';

/**
 * Opens the session of a passkey that has proved itself, whose device is known from now on. As any success it clears the
 * failures of its own pool and of no other, and they are told of (SR-11, SR-20).
 */
export async function openByPasskey(
  tx: AppTransaction,
  judged: JudgedPasskey,
  roles: readonly Role[],
): Promise<SignedIn> {
  const { userId, client, device, assurance, caller, knownDeviceId, begun } = judged;
  const subjectHash = keyedHash(tx.keys.limits, 'user', userId);
  const failures = await tx.lockouts.reset({ subjectHash, pool: knownDeviceId ?? unknownDevices });
  await tellOfFailures(tx, userId, { failures, at: begun.createdAt });
  // Whoever has a passkey has not lost them all.
  await endRecoveries(tx, userId, 'second_factor');
  const user = { id: userId, roles };
  return await openSession(tx, { user, client, device, becomesKnown: true, dpopJkt: caller.dpopJkt, ...assurance });
}
