import { withTransaction } from '@bank/database';
import type { Grant } from '@bank/domain';
import { DomainError, isBlocked } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { isEntitled } from '#features/client/entitlement.ts';
import { refuseCompromised } from '#features/password/compromised.ts';
import { isStillPassword } from '#features/password/policies.ts';
import { renewHash } from '#features/password/renew-hash.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { openSession } from '#features/session/open-session.ts';
import type { Attempt } from '#features/sign-in/attempt.ts';
import { denySignIn } from '#features/sign-in/deny-sign-in.ts';
import { completionAudits } from '#features/sign-in/open-completed.ts';
import { isCutOff } from '#features/sign-in/policies.ts';
import { recordRefusal } from '#features/sign-in/record-refusal.ts';
import { tellOfFailures } from '#features/sign-in/tell-of-failures.ts';

/**
 * Opens a session at `aal1` on the password alone. The device stays as known, or unknown, as it was.
 * @throws auth.credentials.invalid when status, password or roles changed while the password was being verified,
 * auth.password.compromised
 */
export async function completeWithPassword(
  ctx: AppContext,
  who: Grant,
  attempt: Attempt,
  password: string,
  verified: { stale: boolean },
): Promise<SignedIn> {
  const { credential, client, device, caller } = attempt;
  if (credential === undefined) throw new DomainError('auth.credentials.invalid', { reason: 'no user' });
  const outcome = await withTransaction(ctx, { who, audits: completionAudits }, async (tx) => {
    const current = await tx.users.shareCredential(credential.userId);
    if (current === undefined || !isStillPassword(credential, current)) return { changed: 'credentials' } as const;
    if (isCutOff(current, attempt.at) || isBlocked(current.status, 'sign_in')) return { changed: 'status' } as const;
    if (!isEntitled(client, current.roles)) return { changed: 'client' } as const;
    const failures = attempt.claimed.failures - 1 + attempt.claimed.wrongAnswers;
    await tellOfFailures(tx, current.userId, { failures, at: attempt.at });
    if (current.compromisedAt !== null) {
      await tx.lockouts.reset(attempt);
      const signIn = { userId: current.userId, clientId: client.id, deviceId: attempt.knownDeviceId };
      await denySignIn(tx, signIn, 'compromised');
      return 'compromised';
    }
    const user = { id: current.userId, roles: current.roles };
    const facts = { user, client, device, becomesKnown: false, dpopJkt: caller.dpopJkt };
    // Side by side: what they write first takes one round trip.
    const [, opened] = await Promise.all([
      tx.lockouts.reset(attempt),
      openSession(tx, {
        ...facts,
        ...assuranceOf(attempt.knownDeviceId === undefined ? ['password'] : ['password', 'device']),
      }),
    ]);
    return opened;
  });
  if (typeof outcome === 'object' && 'changed' in outcome) {
    await recordRefusal(ctx, who, attempt, outcome.changed);
    throw new DomainError('auth.credentials.invalid', { reason: 'changed meanwhile' });
  }
  if (verified.stale) await renewHash(ctx, who, { credential, password });
  if (outcome !== 'compromised') return outcome;
  const { subjectHash } = attempt;
  return await refuseCompromised(ctx, who, { userId: credential.userId, subjectHash });
}
