import { DomainError, isBlocked, type UserActor } from '@bank/domain';
import { mintToken } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { steppedUp } from '#events.ts';
import { isEntitled } from '#features/client/entitlement.ts';
import type { Assurance } from '#features/second-factor/assurance.ts';
import { revocationEnd } from '#features/session/end-session.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { idleEnd, isLive } from '#features/session/policies.ts';
import { refreshTokenPrefix } from '#features/session/tokens.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/**
 * Renews the authentication of a live session: new level, fresh `auth_time`, and a refresh token that is no successor of
 * the one before. That one and every access token of before are dead from now on (SR-44): the one
 * before cannot be derived from, and to the same holder it is no theft for as long as it may have been under way. The absolute end stays (SR-51).
 * @throws auth.token.invalid
 */
export async function renewSession(tx: AppTransaction, user: UserActor, assurance: Assurance): Promise<SignedIn> {
  const { userId, sessionId } = user;
  const now = tx.clock.now();
  const [held] = await tx.sessions.lockOpen({ userId, sessionId }, now);
  const client = held && tx.clientRegistry.find(held.clientId);
  const current = await tx.users.find(userId);
  if (held === undefined || client === undefined || current === undefined || !isLive(held, now)) {
    throw new DomainError('auth.token.invalid', { reason: 'the session is over' });
  }
  if (isBlocked(current.status, 'session') || !isEntitled(client, current.roles)) {
    throw new DomainError('auth.token.invalid', { reason: 'the user is blocked, or no longer entitled' });
  }
  const session = { ...held, ...assurance, authTime: now, idleExpiresAt: idleEnd(client, held.absoluteExpiresAt, now) };
  await tx.sessions.reauthenticate(session);
  const refreshToken = await replaceRefreshToken(tx, session);
  // The id of the session stays: it names the session in lists and opens nothing. What opens something is new.
  const notBefore = new Date(now.getTime() - 1);
  await tx.revocations.insert({ id: tx.ids.next(), sessionId, notBefore, expiresAt: revocationEnd(now) });
  await tx.emit(steppedUp(session));
  const details = { sessionId, deviceId: session.deviceId, acr: session.acr, amr: session.amr.join(' ') };
  await tx.audit({ action: 'auth.stepped_up', subject: userId, outcome: 'success', details });
  return { session, client, roles: current.roles, refreshToken, device: { id: session.deviceId } };
}

async function replaceRefreshToken(tx: AppTransaction, session: Session): Promise<string> {
  const id = tx.ids.next();
  const { token, digest } = mintToken(refreshTokenPrefix, id);
  const replaced = await tx.refreshTokens.supersede(session.id, id, session.authTime);
  if (replaced === undefined) throw new DomainError('auth.token.invalid', { reason: 'no live refresh token' });
  // The token before it can yield nothing any more either: its successor is spent.
  if (replaced.predecessorId !== null) await tx.refreshTokens.forgetNonce(replaced.predecessorId);
  await tx.refreshTokens.insert({
    id,
    sessionId: session.id,
    generation: replaced.generation + 1,
    digest,
    predecessorId: replaced.id,
    createdAt: session.authTime,
  });
  return token;
}
