import type { AppTransaction } from '#context.ts';
import { sessionRevoked } from '#events.ts';
import type { EndReason } from '#features/session/end-reasons.ts';
import { accessTokenSeconds, isLive } from '#features/session/policies.ts';
import type { Session, SessionScope } from '#storage/sessions/session.repository.ts';

/**
 * How long a revocation is kept beyond the life of the last token it concerns. Each process judges by its own clock when it is
 * over, and one that is ten minutes ahead must not forget it while a token lives.
 */
const skewSeconds = 600;

/** When a revocation of this moment concerns no living token any more. */
export function revocationEnd(at: Date): Date {
  return new Date(at.getTime() + (accessTokenSeconds + skewSeconds) * 1000);
}

/**
 * Ends the sessions that are meant; answers how many of them were live. Their rows are held from here to the commit. What has lapsed
 * unused ends with them: by the clock of another process it may not have, and a token may outlive it where a client's are short.
 */
export async function endSessions(tx: AppTransaction, scope: SessionScope, reason: EndReason): Promise<number> {
  const now = tx.clock.now();
  const open = await tx.sessions.lockOpen(scope, now);
  for (const session of open) await endSession(tx, session, reason);
  return open.filter((session) => isLive(session, now)).length;
}

/**
 * The same for sessions that are not counted beforehand, held against sign-ins under way: one either commits before this and
 * is ended too, or opens its session afterwards.
 */
export async function endManySessions(
  tx: AppTransaction,
  scope: SessionScope,
  reason: EndReason,
  warrant: { noteId?: string } = {},
): Promise<number> {
  const { userId } = scope;
  await tx.users.lock(userId);
  const count = await endSessions(tx, scope, reason);
  const details = { ...warrant, count };
  await tx.audit({ action: 'auth.sessions.revoked', subject: userId, outcome: 'success', reason, details });
  return count;
}

/**
 * Ends a live session whose row the caller holds: refresh stops at once, and its access tokens everywhere as soon as the
 * feed has told (SR-46).
 */
export async function endSession(tx: AppTransaction, session: Session, reason: EndReason): Promise<void> {
  const { id: sessionId, userId, deviceId } = session;
  const at = tx.clock.now();
  await tx.sessions.end(sessionId, reason, at);
  const expiresAt = revocationEnd(at);
  // An ended session never issues again, so every token of it is refused, also one from a process whose clock is ahead.
  await tx.revocations.insert({ id: tx.ids.next(), sessionId, notBefore: expiresAt, expiresAt });
  await tx.emit(sessionRevoked({ userId, sessionId, deviceId, reason, at }));
  const details = { sessionId, deviceId };
  await tx.audit({ action: 'auth.session.revoked', subject: userId, outcome: 'success', reason, details });
}
