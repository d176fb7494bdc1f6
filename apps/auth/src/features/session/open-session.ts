import { type AssuranceLevel, audiences, DomainError, type Role, type UserId } from '@bank/domain';
import { mintToken } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { signInSucceeded } from '#events.ts';
import { isEntitled } from '#features/client/entitlement.ts';
import { opensSession } from '#features/second-factor/policies.ts';
import { endSurplus } from '#features/session/end-surplus.ts';
import { sealOrigin } from '#features/session/origin.ts';
import { newSessionEnds, sessionsMax } from '#features/session/policies.ts';
import type { PresentedDevice } from '#features/session/recognise-device.ts';
import { rememberDevice } from '#features/session/recognise-device.ts';
import { refreshTokenPrefix } from '#features/session/tokens.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/** What a session is opened with. `becomesKnown` when the sign-in proved more than a password (or was the first one). */
export interface SessionFacts {
  user: { id: UserId; roles: readonly Role[] };
  client: Client;
  acr: AssuranceLevel;
  amr: readonly string[];
  device: PresentedDevice;
  /** Of the key that the request proved. */
  dpopJkt: string | undefined;
  becomesKnown: boolean;
}

/** A session with what only its client learns: refresh token, and the device secret when one was made. */
export interface SignedIn {
  session: Session;
  client: Client;
  roles: readonly Role[];
  refreshToken: string;
  device: { id: string; secret?: string };
  /** The device secrets that its browser had: they stay beside a new one. */
  presentedSecrets?: readonly string[];
}

/** What opening a session may tell the ledger. */
export const openingAudits = ['auth.sign_in.succeeded', 'auth.session.revoked'] as const;

/**
 * Opens a session with a new id and a new refresh token (SR-44), within the caller's transaction. Where it is one more than its
 * user may have, the oldest ends.
 */
export async function openSession(tx: AppTransaction, facts: SessionFacts): Promise<SignedIn> {
  const { user, client, acr, amr } = facts;
  requireOpenable(facts);
  const now = tx.clock.now();
  const [device, origin] = await Promise.all([
    rememberDevice(tx, user.id, facts.device, facts.becomesKnown),
    sealOrigin(tx, user.id, facts.device),
  ]);
  const session: Session = {
    id: tx.ids.next(),
    userId: user.id,
    clientId: client.id,
    deviceId: device.id,
    acr,
    amr,
    authTime: now,
    createdAt: now,
    lastUsedAt: now,
    ...newSessionEnds(client, now),
    revokedAt: null,
    dpopJkt: client.dpopPolicy === 'none' ? null : (facts.dpopJkt ?? null),
    origin,
  };
  const tokenId = tx.ids.next();
  const { token, digest } = mintToken(refreshTokenPrefix, tokenId);
  // Side by side, in one round trip.
  const [, , , surplus] = await Promise.all([
    tx.sessions.lockOpeningOf(user.id),
    tx.sessions.insert(session),
    tx.refreshTokens.insert({ id: tokenId, sessionId: session.id, generation: 0, digest, createdAt: now }),
    tx.sessions.listSurplus(user.id, { keep: sessionsMax, now }),
  ]);
  await endSurplus(tx, user.id, surplus);
  await announce(tx, session, facts, device.isNew);
  const known = device.secret === undefined ? { id: device.id } : { id: device.id, secret: device.secret };
  const presentedSecrets = facts.device.secrets;
  return { session, client, roles: user.roles, refreshToken: token, device: known, presentedSecrets };
}

/** The last line behind the decisions of every way to sign in (SR-72). @throws service.internal for a bug in one of them */
function requireOpenable({ user, client, acr, amr }: SessionFacts): void {
  const isBelow = client.audience === audiences.staff && !opensSession(client.audience, { acr, amr });
  if (!isEntitled(client, user.roles) || isBelow) {
    throw new DomainError('service.internal', { reason: `no session of ${client.id} at ${acr} for these roles` });
  }
}

async function announce(tx: AppTransaction, session: Session, facts: SessionFacts, isNew: boolean): Promise<void> {
  const { userId, deviceId, clientId, acr, amr, createdAt } = session;
  const { platform, model, appVersion } = facts.device.input ?? {};
  const device = { id: deviceId, isNew, platform, model, appVersion };
  await tx.emit(signInSucceeded({ userId, sessionId: session.id, clientId, acr, amr, at: createdAt, device }));
  const details = { sessionId: session.id, deviceId, clientId, acr };
  await tx.audit({ action: 'auth.sign_in.succeeded', subject: userId, outcome: 'success', details });
}
