import { readProofKey } from '#proof/key.ts';
import { decodeHeader, readPayload } from '#token/compact.ts';
import { isSignedBy } from '#token/signature.ts';

/** A proof whose form and signature are right. What it says has not been compared with anything. */
export interface SignedProof {
  /** Thumbprint of the key that it was signed with. */
  readonly jkt: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Longer proofs are refused before anything is done with them. */
const proofLengthMax = 4096;

/**
 * Reads a proof of possession (RFC 9449 §4.2, §4.3): one compact JWS, `typ` exactly `dpop+jwt`, an algorithm of the allow-list,
 * the public key in `jwk`, no other member of the header, and the signature made with that key. Gives the proof, or the name of
 * what is wrong with it.
 */
export function readProof(proof: string): SignedProof | string {
  if (proof.length > proofLengthMax) return 'length';
  const header = decodeHeader(proof);
  if (header === undefined) return 'form';
  const { alg, typ, jwk, ...others } = header.members;
  if (typ !== 'dpop+jwt') return 'typ';
  if (Object.keys(others).length > 0) return 'header';
  const key = readProofKey(jwk, alg);
  if (key === undefined) return 'jwk';
  if (!isSignedBy(key, proof)) return 'signature';
  const claims = readPayload(proof);
  return claims === undefined ? 'payload' : { jkt: key.jkt, claims };
}
