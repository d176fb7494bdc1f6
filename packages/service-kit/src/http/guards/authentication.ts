import type { UserActor } from '@bank/domain';
import { DomainError } from '@bank/domain';
import type { AccessClaims } from '@bank/verifier';

/** Checks an access token: signature, expiry, audience and revocation. `createVerifier` of @bank/verifier is one. */
export interface TokenVerifier {
  /** @throws auth.token.invalid, service.unavailable */
  verify(token: string): Promise<AccessClaims>;
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

/** Refuses a token for another audience than the route takes (SR-56). @throws auth.token.invalid */
export function checkAudience(claims: AccessClaims, audiences: readonly string[] | undefined): void {
  if (audiences !== undefined && !audiences.includes(claims.aud)) {
    throw new DomainError('auth.token.invalid', { reason: 'audience not for this route' });
  }
}
