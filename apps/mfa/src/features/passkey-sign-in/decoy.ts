import { generateKeyPairSync } from 'node:crypto';
import type { WebauthnCredential } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';

const publicKey = coseKey();

/** A credential that nobody has, to be checked in place of one that does not exist: no answer and no time tells which are there (SR-15). */
export function decoyOf(credentialId: Uint8Array): WebauthnCredential {
  return { credentialId, publicKey, counter: 0, isBackupEligible: true, isAttested: false };
}

/** A key of P-256 for ES256 (RFC 9053 §7.1), whose private half is thrown away. */
function coseKey(): Uint8Array {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const coordinate = (value: string | undefined) => Buffer.from(value ?? '', 'base64url');
  return Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    coordinate(x),
    Buffer.from('225820', 'hex'),
    coordinate(y),
  ]);
}
