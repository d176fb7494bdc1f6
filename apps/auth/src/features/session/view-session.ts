import type { AssuranceLevel } from '@bank/domain';
import type { SessionOrigin } from '#features/session/origin.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/** A session as its user sees it: nothing of its tokens (SR-48). */
export interface SessionView {
  id: string;
  acr: AssuranceLevel;
  amr: readonly string[];
  authTime: string;
  clientId: string;
  deviceId: string;
  createdAt: string;
  lastUsedAt: string;
  /** When it ends if it is not used any more. */
  expiresAt: string;
  current: boolean;
  /** What the device said of itself at the sign-in, and the network it was in. */
  deviceName: string | null;
  platform: string | null;
  model: string | null;
  network: string | null;
}

/** Shows a session to its user. `currentId` is the session of the request. */
export function viewSession(session: Session, origin: SessionOrigin, currentId: string): SessionView {
  return {
    id: session.id,
    acr: session.acr,
    amr: session.amr,
    authTime: session.authTime.toISOString(),
    clientId: session.clientId,
    deviceId: session.deviceId,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.idleExpiresAt.toISOString(),
    current: session.id === currentId,
    deviceName: origin.name ?? null,
    platform: origin.platform ?? null,
    model: origin.model ?? null,
    network: origin.network ?? null,
  };
}
