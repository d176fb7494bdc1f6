import type { AssuranceLevel, Role, UserId } from '@bank/domain';

/** What a verified access token says. Ids only, no personal data (SR-59). Times are epoch seconds, `iat` with milliseconds. */
export interface AccessClaims {
  /** The user. */
  readonly sub: UserId;
  /** The user's session. */
  readonly sid: string;
  /** The token's own id. */
  readonly jti: string;
  /** When it was issued. */
  readonly iat: number;
  /** When it ends. */
  readonly exp: number;
  /** When users last proved who they are. */
  readonly authTime: number;
  /** How surely they did (NIST SP 800-63B-4 §2), */
  readonly acr: AssuranceLevel;
  /** and by what means (RFC 8176). */
  readonly amr: readonly string[];
  readonly roles: readonly Role[];
  /** Whom the token is for. */
  readonly aud: string;
  /** The device, where it is known. */
  readonly did?: string;
  /** The DPoP key the token is bound to (RFC 9449 §6); the caller must have checked a proof. */
  readonly cnf?: { readonly jkt: string };
}
