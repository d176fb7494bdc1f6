import { hash } from 'node:crypto';
import type { SignedProof } from '#proof/read-proof.ts';

/** The request that a proof must be for. */
export interface ProofDemand {
  /** As it came: `GET`, not `get`. */
  readonly method: string;
  /** The path that was asked for, as it came; a query does not count. */
  readonly path: string;
  /** The access token beside it, and the key that this is bound to; left out where a proof comes alone. */
  readonly bound?: BoundToken;
}

/** A token that its holder's key has to be proven for. */
export interface BoundToken {
  /** As it came, without the scheme. */
  readonly accessToken: string;
  /** `cnf.jkt` of the token. */
  readonly jkt: string;
}

/** The window that a proof must have been made in. */
export interface ProofTimes {
  /** How long ago a proof may have been made. */
  readonly ageSecondsMax: number;
  /** How far a client's clock may be ahead. */
  readonly skewSeconds: number;
}

const uniqueId = /^[\x21-\x7e]{8,128}$/;

/** The unique id of a proof, `jti`. Undefined when it has none that can be one. */
export function proofId({ claims }: SignedProof): string | undefined {
  const { jti } = claims;
  return typeof jti === 'string' && uniqueId.test(jti) ? jti : undefined;
}

/** When a proof was made, in epoch seconds; undefined outside of the window (RFC 9449 §11.1). */
export function issuedAt({ claims }: SignedProof, { ageSecondsMax, skewSeconds }: ProofTimes, now: number) {
  const { iat } = claims;
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return undefined;
  return iat > now + skewSeconds || iat < now - ageSecondsMax ? undefined : iat;
}

/** Whether a proof was made for that request at one of our addresses (`htm`, `htu`: RFC 9449 §4.3, items 8 and 9). */
export function isForRequest(
  { claims }: SignedProof,
  { method, path }: ProofDemand,
  origins: ReadonlySet<string>,
): boolean {
  const { htm, htu } = claims;
  if (htm !== method || typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const { origin, pathname, username, password } = new URL(htu);
  return username === '' && password === '' && origins.has(origin) && pathname === normalised(path);
}

/** Whether a proof was made by the holder of a token, for that token (`ath`, `cnf.jkt`: RFC 9449 §4.3, item 12). */
export function isForToken({ claims, jkt }: SignedProof, bound: BoundToken): boolean {
  return jkt === bound.jkt && claims['ath'] === hash('sha256', bound.accessToken, 'base64url');
}

/** Both sides of the comparison as a URL parser spells them (RFC 3986 §6.2.2). */
function normalised(path: string): string | undefined {
  const url = `http://host${path}`;
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}
