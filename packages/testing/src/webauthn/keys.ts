import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The algorithms of credentials that every relying party knows (RFC 9053, RFC 8812). */
export type CredentialAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

/** A COSE key (RFC 9052 §7) as the map that CBOR is made of. */
export type CoseKey = Map<number, number | Uint8Array>;

/** The key pair of a credential. */
export interface CredentialKey {
  readonly algorithm: CredentialAlgorithm;
  /** The number of the algorithm in COSE. */
  readonly coseAlgorithm: number;
  cose(): CoseKey;
  /** The private half, in PEM. */
  pem(): string;
  /** A signature in the form that WebAuthn §6.5.5 gives it. */
  sign(data: Uint8Array): Uint8Array;
}

const numbers = { ES256: -7, EdDSA: -8, RS256: -257 } as const;
const label = { kty: 1, alg: 3 } as const;

/** Makes the key pair of a credential; one of RSA has 2048 bits unless said. */
export function credentialKey(algorithm: CredentialAlgorithm, { rsaBits = 2048 } = {}): CredentialKey {
  return keyOf(algorithm, generatePair(algorithm, rsaBits).privateKey);
}

/** The same key pair again. */
export function credentialKeyOf(algorithm: CredentialAlgorithm, pem: string): CredentialKey {
  return keyOf(algorithm, createPrivateKey(pem));
}

function keyOf(algorithm: CredentialAlgorithm, privateKey: KeyObject): CredentialKey {
  const digest = algorithm === 'EdDSA' ? null : 'sha256';
  return {
    algorithm,
    coseAlgorithm: numbers[algorithm],
    cose: () => coseOf(algorithm, createPublicKey(privateKey)),
    pem: () => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    sign: (data) => sign(digest, data, privateKey),
  };
}

function generatePair(algorithm: CredentialAlgorithm, modulusLength: number) {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength });
}

function coseOf(algorithm: CredentialAlgorithm, key: KeyObject): CoseKey {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (member: string | undefined) => new Uint8Array(Buffer.from(member ?? '', 'base64url'));
  const entries = (kty: number, ...others: [number, number | Uint8Array][]): CoseKey =>
    new Map<number, number | Uint8Array>([[label.kty, kty], [label.alg, numbers[algorithm]], ...others]);
  if (algorithm === 'ES256') return entries(2, [-1, 1], [-2, bytes(jwk.x)], [-3, bytes(jwk.y)]);
  if (algorithm === 'EdDSA') return entries(1, [-1, 6], [-2, bytes(jwk.x)]);
  return entries(3, [-1, bytes(jwk.n)], [-2, bytes(jwk.e)]);
}
