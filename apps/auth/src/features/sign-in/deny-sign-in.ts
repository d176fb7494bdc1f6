import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { type SignInFailure, signInFailed } from '#events.ts';

/**
 * Tells the ledger and the house of a sign-in that proved all that it was asked for and opens nothing. `deviceId` is the known device
 * it came from; `ledgerReason` is for what the ledger knows in more detail.
 */
export async function denySignIn(
  tx: AppTransaction,
  signIn: { userId: UserId; clientId: string; deviceId: string | undefined },
  reason: SignInFailure,
  ledgerReason: string = reason,
): Promise<void> {
  const { userId, clientId, deviceId } = signIn;
  const denied = { subject: userId, outcome: 'denied', reason: ledgerReason } as const;
  await tx.audit({ action: 'auth.sign_in.failed', ...denied });
  await tx.emit(signInFailed({ userId, clientId, deviceId, reason, at: tx.clock.now() }));
}
