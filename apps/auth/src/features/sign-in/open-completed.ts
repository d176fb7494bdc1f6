import type { Grant } from '@bank/domain';
import { isBlocked } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { signInFailed } from '#events.ts';
import type { Caller } from '#features/caller.ts';
import { enrolmentClient, isEntitled } from '#features/client/entitlement.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import type { Assurance } from '#features/second-factor/assurance.ts';
import { opensSession } from '#features/second-factor/policies.ts';
import { openingAudits, openSession, type SignedIn } from '#features/session/open-session.ts';
import { presentedDevice } from '#features/session/recognise-device.ts';
import { denySignIn } from '#features/sign-in/deny-sign-in.ts';
import { deviceOfPool } from '#features/sign-in/lockout-policies.ts';
import { isCutOff } from '#features/sign-in/policies.ts';
import type { CompleteSignIn } from '#features/sign-in/schemas.ts';
import { tellOfFailures } from '#features/sign-in/tell-of-failures.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { PendingSignIn } from '#storage/sign-ins/sign-in.repository.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/** A second half that is presented, whatever proves it. */
export interface SecondHalfRequest {
  who: Grant;
  request: CompleteSignIn;
  client: Client;
  caller: Caller;
}

/** What the transaction of a second half may tell the ledger. */
export const completionAudits = [...openingAudits, 'auth.sign_in.failed'] as const;

/**
 * Opens the session of a proven sign-in, whose device is known from now on. Staff who proved no passkey get one in which they
 * can enrol it (SR-72). A success after failures is told of. Undefined when status, password or roles have changed since the
 * first half, of which `current` is what the transaction holds; nothing opens either when all is proven and the password is flagged (SR-4).
 */
export async function openCompleted(
  tx: AppTransaction,
  { pending, current }: { pending: PendingSignIn; current: Credential | undefined },
  half: SecondHalfRequest,
  proved: Assurance,
): Promise<SignedIn | 'compromised' | undefined> {
  const { request, caller } = half;
  const { userId } = pending;
  const begunAt = pending.createdAt;
  const signIn = { userId, clientId: pending.clientId, deviceId: deviceOfPool(pending.pool) };
  if (current === undefined || current.changedAt > begunAt) {
    await denySignIn(tx, signIn, 'credentials', 'changed');
    return undefined;
  }
  if (isBlocked(current.status, 'sign_in') || isCutOff(current, begunAt)) {
    await denySignIn(tx, signIn, 'status', 'changed');
    return undefined;
  }
  if (!isEntitled(half.client, current.roles)) {
    await denySignIn(tx, signIn, 'client');
    return undefined;
  }
  if (current.compromisedAt !== null) {
    await endDoubts(tx, pending, proved);
    await denySignIn(tx, signIn, 'compromised');
    return 'compromised';
  }
  const client = opensSession(half.client.audience, proved) ? half.client : enrolmentClient(tx);
  const device = presentedDevice(request, caller);
  const user = { id: current.userId, roles: current.roles };
  const facts = { user, client, device, becomesKnown: true, dpopJkt: caller.dpopJkt };
  // Side by side: what they write first takes one round trip.
  const [, opened] = await Promise.all([endDoubts(tx, pending, proved), openSession(tx, { ...facts, ...proved })]);
  return opened;
}

/** Forgets the failures that came before, and tells of them; whoever has a factor has not lost them all, so recoveries end. */
async function endDoubts(tx: AppTransaction, pending: PendingSignIn, proved: Assurance): Promise<void> {
  const { userId, createdAt: at } = pending;
  const [attempts] = await Promise.all([
    tx.lockouts.reset(pending),
    proved.acr === 'aal1' ? false : endRecoveries(tx, userId, 'second_factor'),
  ]);
  await tellOfFailures(tx, userId, { failures: attempts - 1, at });
}

/** Tells of a second half that was wrong, now and when one is right (SR-20). */
export async function refuseSecondHalf(tx: AppTransaction, pending: PendingSignIn): Promise<void> {
  const { userId, clientId, pool } = pending;
  const deviceId = deviceOfPool(pool);
  await tx.audit({ action: 'auth.sign_in.failed', subject: userId, outcome: 'failure', reason: 'factor' });
  await tx.emit(signInFailed({ userId, clientId, deviceId, reason: 'factor', at: tx.clock.now() }));
  await tx.lockouts.countAnswer(pending, tx.clock.now());
}
