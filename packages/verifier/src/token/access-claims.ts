import type { AssuranceLevel, Role, UserId } from '@bank/domain';

/** What a verified access token says. Ids only, no personal data (SR-59). Times are epoch seconds, `iat` with milliseconds. */
export interface AccessClaims {
  readonly sub: UserId;
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly authTime: number;
  readonly acr: AssuranceLevel;
  readonly amr: readonly string[];
  readonly roles: readonly Role[];
  readonly aud: string;
  readonly did?: string;
  /** The DPoP key the token is bound to (RFC 9449 §6); the caller must have checked a proof. */
  readonly cnf?: { readonly jkt: string };
}
