import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import type { EndReason } from '#features/session/end-reasons.ts';
import { endManySessions, revocationEnd } from '#features/session/end-session.ts';

/**
 * Ends all that a user has open: sessions, and sign-ins that wait for their second half (SR-47). Beside each session the user
 * as such is revoked up to that moment, so that nothing issued before is good for anything, whatever it is. `openedUntil`
 * leaves alone what was opened later, `noteId` is the note of staff that says why. Answers how many sessions there were.
 */
export async function endEverything(
  tx: AppTransaction,
  userId: UserId,
  reason: EndReason,
  { openedUntil, ...warrant }: { openedUntil?: Date; noteId?: string } = {},
): Promise<number> {
  const count = await endManySessions(tx, { userId, openedUntil }, reason, warrant);
  const at = openedUntil ?? tx.clock.now();
  await tx.users.cutOff(userId, at);
  await tx.revocations.insert({ id: tx.ids.next(), userId, notBefore: at, expiresAt: revocationEnd(at) });
  return count;
}
