import { verify } from 'node:crypto';
import type { VerificationKey } from '#jwks/document.ts';

const signatureBytes = 64;

type Signer = Pick<VerificationKey, 'key' | 'algorithm'>;

/**
 * Whether the signature of a compact JWS (RFC 7515 §5.2) is the key's. The token has the strict form that `readHeader` asks for.
 */
export function isSignedBy(signer: Signer, token: string): boolean {
  const end = token.lastIndexOf('.');
  return isSignatureOf(
    signer,
    Buffer.from(token.slice(0, end), 'ascii'),
    Buffer.from(token.slice(end + 1), 'base64url'),
  );
}

/**
 * Whether a signature over bytes is the key's: ES256 with the two numbers side by side and never in DER (RFC 7518 §3.4), EdDSA
 * over Ed25519 (RFC 8037 §3.1).
 *
 * Synchronous: the computation itself takes about 60 µs, and WebCrypto adds as much again for a trip to libuv's threads,
 * where it would also wait behind passwords that are being hashed.
 */
export function isSignatureOf({ key, algorithm }: Signer, signed: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  return algorithm === 'ES256'
    ? verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, signed, key, signature);
}
