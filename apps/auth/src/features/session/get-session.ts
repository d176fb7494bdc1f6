import { type AssuranceLevel, DomainError } from '@bank/domain';
import type { AccessClaims } from '@bank/verifier';

/** What an access token says of the session it belongs to. */
export interface CurrentSession {
  id: string;
  acr: AssuranceLevel;
  amr: readonly string[];
  authTime: string;
  deviceId: string | null;
  /** When the access token dies; the end of the session itself is with `listSessions`. */
  expiresAt: string;
}

/** The session of a verified access token, from its claims alone: no look at the database. @throws auth.token.missing */
export function getSession(claims: AccessClaims | undefined): CurrentSession {
  if (claims === undefined) throw new DomainError('auth.token.missing');
  return {
    id: claims.sid,
    acr: claims.acr,
    amr: claims.amr,
    authTime: new Date(claims.authTime * 1000).toISOString(),
    deviceId: claims.did ?? null,
    expiresAt: new Date(claims.exp * 1000).toISOString(),
  };
}
