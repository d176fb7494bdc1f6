import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { passkeyCloneSuspected } from '#events.ts';
import type { Use } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';

/**
 * Remembers what a good assertion told. One whose count has not grown is refused: another authenticator signs with the same
 * key, and the user and the ledger are told (WebAuthn level 3 §6.1.1, SR-30).
 */
export async function acceptUse(
  tx: AppTransaction,
  { factorId, userId, now }: { readonly factorId: string; readonly userId: UserId; readonly now: Date },
  use: Use,
): Promise<boolean> {
  if (await tx.webauthnCredentials.noteUse(factorId, use)) return true;
  const details = { factorId, counter: use.counter };
  await tx.emit(passkeyCloneSuspected({ userId, factorId, at: now }));
  await tx.audit({ action: 'mfa.passkey.clone_suspected', subject: userId, outcome: 'denied', details });
  await notify(tx, userId, messageOf('passkey-copied', { at: now }));
  return false;
}
