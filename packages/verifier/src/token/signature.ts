import { verify } from 'node:crypto';
import type { VerificationKey } from '#jwks/document.ts';

const signatureBytes = 64;

/**
 * Whether the signature of a compact JWS (RFC 7515 §5.2) is the key's: ES256 with the two numbers side by side and never in
 * DER (RFC 7518 §3.4), EdDSA over Ed25519 (RFC 8037 §3.1). The token has the strict form that `readHeader` asks for.
 *
 * Synchronous: the computation itself takes about 60 µs, and WebCrypto adds as much again for a trip to libuv's threads,
 * where it would also wait behind passwords that are being hashed.
 */
export function isSignedBy({ key, algorithm }: Pick<VerificationKey, 'key' | 'algorithm'>, token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (signature.length !== signatureBytes) return false;
  const signed = Buffer.from(token.slice(0, end), 'ascii');
  return algorithm === 'ES256'
    ? verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, signed, key, signature);
}
