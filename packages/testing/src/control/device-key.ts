import { generateKeyPairSync, hash, sign } from 'node:crypto';

/** A key that a device keeps, and what it signs with it. */
export interface DeviceKey {
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Its thumbprint (RFC 7638). */
  readonly thumbprint: string;
  /** The signature over some lines, as a device gives it: base64url. */
  sign(...lines: readonly string[]): string;
}

/** Makes a key as a device does, on P-256 unless said. */
export function deviceKey(algorithm: 'ES256' | 'EdDSA' = 'ES256'): DeviceKey {
  const { privateKey, publicKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = algorithm === 'ES256' ? { crv, kty, x, y } : { crv, kty, x };
  return {
    algorithm,
    jwk,
    thumbprint: hash('sha256', JSON.stringify(jwk), 'base64url'),
    sign(...lines) {
      const digest = algorithm === 'ES256' ? 'sha256' : null;
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return sign(digest, Buffer.from(lines.join('\n')), key).toString('base64url');
    },
  };
}
