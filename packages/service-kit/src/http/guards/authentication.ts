import type { UserActor } from '@bank/domain';
import { DomainError } from '@bank/domain';
import type { AccessClaims } from '@bank/verifier';

/** Checks an access token: signature, expiry, audience and revocation. `createVerifier` of @bank/verifier is one. */
export interface TokenVerifier {
  /** @throws auth.token.invalid, service.unavailable */
  verify(token: string): Promise<AccessClaims>;
}

const scheme = 'bearer ';

/**
 * The token of an `Authorization` header (RFC 6750 §2.1). Its form is the verifier's business.
 * @throws auth.token.missing, auth.token.invalid
 */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new DomainError('auth.token.missing');
  }
  if (authorization.slice(0, scheme.length).toLowerCase() !== scheme) {
    throw new DomainError('auth.token.invalid', { reason: 'not a bearer token' });
  }
  return authorization.slice(scheme.length).trim();
}

/** The person that verified claims describe. */
export function userActor(claims: AccessClaims): UserActor {
  return {
    kind: 'user',
    userId: claims.sub,
    sessionId: claims.sid,
    roles: claims.roles,
    acr: claims.acr,
    amr: claims.amr,
    authTime: new Date(claims.authTime * 1000),
    audience: claims.aud,
    ...(claims.did === undefined ? {} : { deviceId: claims.did }),
  };
}

/**
 * Refuses a token bound to a key (`cnf`, RFC 9449 §6) where no proof of possession was checked, and one for another
 * audience than the route takes (SR-56).
 * @throws auth.proof.invalid, auth.token.invalid
 */
export function checkClaims(claims: AccessClaims, audiences: readonly string[] | undefined): void {
  if (claims.cnf !== undefined) {
    throw new DomainError('auth.proof.invalid', { reason: 'a key-bound token without proof' });
  }
  if (audiences !== undefined && !audiences.includes(claims.aud)) {
    throw new DomainError('auth.token.invalid', { reason: 'audience not for this route' });
  }
}
