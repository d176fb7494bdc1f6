import { notify } from '@bank/composition';
import { messageOf } from '@bank/notifications';
import { keyedHash } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { signInFailed } from '#events.ts';
import type { JudgedPasskey } from '#features/passkey/judge-passkey.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { RefusalReason } from '#features/sign-in/policies.ts';

/** Tells the ledger of a sign-in by a passkey that was refused, and its user where device stopped it. */
export async function refusePasskey(tx: AppTransaction, judged: JudgedPasskey, reason: RefusalReason): Promise<void> {
  const { userId, isNamed, client, assertion, knownDeviceId } = judged;
  const at = tx.clock.now();
  // Tries of one passkey that is nobody's can be told to belong together, and nothing more.
  const subjectHash = keyedHash(tx.keys.limits, 'passkey', assertion.credentialId);
  const subject = subjectOfAttempt({ userId: isNamed ? userId : undefined, subjectHash });
  const details = { clientId: client.id, by: 'passkey' };
  await tx.audit({ action: 'auth.sign_in.failed', subject, outcome: 'failure', reason, details });
  if (!isNamed) return;
  await tx.emit(signInFailed({ userId, deviceId: knownDeviceId, clientId: client.id, reason, at }));
  if (reason === 'risk') await notify(tx, userId, messageOf('sign-in-denied', { at }), { since: at });
}
