import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { endSession } from '#features/session/end-session.ts';

/** Ends sessions that are more than their user may have. Whichever has ended meanwhile is left alone. */
export async function endSurplus(
  tx: AppTransaction,
  userId: UserId,
  surplus: readonly { id: string }[],
): Promise<void> {
  for (const { id: sessionId } of surplus) {
    const [session] = await tx.sessions.lockOpen({ userId, sessionId }, tx.clock.now());
    if (session !== undefined) await endSession(tx, session, 'limit');
  }
}
