import { DomainError } from '@bank/domain';
import type { BoundToken } from '#proof/claims.ts';
import type { AccessClaims } from '#token/access-claims.ts';

/** An access token and how it was presented. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

const schemes = ['Bearer', 'DPoP'] as const;

/**
 * The token of an `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1). Its form is the verifier's business.
 * @throws auth.token.missing without a header, auth.token.invalid when it is of another scheme
 */
export function presentedToken(authorization: string | undefined): PresentedToken {
  if (authorization === undefined) throw new DomainError('auth.token.missing');
  const [name = ''] = authorization.split(' ', 1);
  const scheme = schemes.find((each) => each.toLowerCase() === name.toLowerCase());
  if (scheme === undefined || name.length === authorization.length) {
    throw new DomainError('auth.token.invalid', { reason: 'neither a bearer nor a key-bound token' });
  }
  return { scheme, token: authorization.slice(name.length).trim() };
}

/**
 * The token as one that a proof is needed for, when it is bound to a key (`cnf`); undefined when it is not. A bound one is good
 * with the scheme `DPoP` alone, another with `Bearer` alone (RFC 9449 §7.1, §7.2; SR-60).
 * @throws auth.token.invalid for an unbound one as `DPoP`, auth.proof.invalid for a bound one as `Bearer`
 */
export function boundToken({ scheme, token }: PresentedToken, { cnf }: AccessClaims): BoundToken | undefined {
  if (cnf === undefined && scheme === 'DPoP') {
    throw new DomainError('auth.token.invalid', { reason: 'presented as bound to a key, which it is not' });
  }
  if (cnf !== undefined && scheme !== 'DPoP') {
    throw new DomainError('auth.proof.invalid', { reason: 'a key-bound token as a bearer token' });
  }
  return cnf === undefined ? undefined : { accessToken: token, jkt: cnf.jkt };
}
