import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '#jwks/document.ts';
import { isCanonical } from '#token/compact.ts';

/** The key that a proof carries, and its name: the SHA-256 thumbprint of the JWK (RFC 7638). */
export interface ProofKey {
  readonly key: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  readonly jkt: string;
}

/** The algorithms that a proof may be signed with, as `algs` of a challenge says them (RFC 9449 §7.1). */
export const proofAlgorithms = ['ES256', 'EdDSA'] as const satisfies readonly SignatureAlgorithm[];

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const coordinate = /^[\w-]{43}$/;

/** The public key of a JWK that comes by itself: what it may sign with is what kind of key it is. Undefined as for one of a proof. */
export function readPublicKey(jwk: unknown): ProofKey | undefined {
  return readProofKey(jwk, 'ES256') ?? readProofKey(jwk, 'EdDSA');
}

/**
 * The public key of a proof's header for that algorithm. Undefined for another kind of key, a point that is not on the curve,
 * a second spelling of a coordinate (one key would have two thumbprints), and whatever holds a private member.
 */
export function readProofKey(jwk: unknown, alg: unknown): ProofKey | undefined {
  if (typeof jwk !== 'object' || jwk === null || privateMembers.some((member) => member in jwk)) return undefined;
  const { kty, crv, x, y } = jwk as Record<string, unknown>;
  if (alg === 'ES256' && kty === 'EC' && crv === 'P-256' && isCoordinate(x) && isCoordinate(y)) {
    return keyOf({ crv, kty, x, y }, alg);
  }
  if (alg === 'EdDSA' && kty === 'OKP' && crv === 'Ed25519' && isCoordinate(x)) return keyOf({ crv, kty, x }, alg);
  return undefined;
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && coordinate.test(value) && isCanonical(value);
}

/** The members come in the order of RFC 7638 §3: their JSON text is what the thumbprint is of. */
function keyOf(jwk: Record<string, string>, algorithm: SignatureAlgorithm): ProofKey | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return { key, algorithm, jkt: hash('sha256', JSON.stringify(jwk), 'base64url') };
  } catch {
    return undefined;
  }
}
