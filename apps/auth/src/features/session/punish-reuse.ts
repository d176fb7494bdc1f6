import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { tokenReuseDetected } from '#events.ts';
import { endSession } from '#features/session/end-session.ts';

/**
 * Ends the session of a refresh token that came a second time (RFC 9700 §4.14.2, SR-49), and tells its user. Of several
 * replays at once only the first finds anything to end.
 */
export async function punishReuse(ctx: AppContext, tokenId: string): Promise<void> {
  const who = allow.system('refresh token reuse');
  const audits = ['auth.token.reuse_detected', 'auth.session.revoked'] as const;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    const holder = await tx.refreshTokens.lockHolder(tokenId);
    if (holder === undefined) return;
    const { session } = holder;
    const { userId, deviceId, clientId } = session;
    const details = { sessionId: session.id, deviceId, clientId };
    await tx.audit({ action: 'auth.token.reuse_detected', subject: userId, outcome: 'denied', details });
    if (session.revokedAt !== null) return;
    const at = tx.clock.now();
    await endSession(tx, session, 'token_reuse');
    await tx.emit(tokenReuseDetected({ userId, sessionId: session.id, deviceId, clientId, at }));
    await notify(tx, userId, messageOf('refresh-token-reuse', { at }));
  });
}
