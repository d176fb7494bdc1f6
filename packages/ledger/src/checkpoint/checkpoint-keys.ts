import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The ES256 key that signs checkpoints. It is never in the database that it vouches for. */
export interface CheckpointSigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Public keys whose checkpoints count, by key id: the present one and those that signed before. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/** A key file that cannot be used. The message never quotes the file. */
export class CheckpointKeyInvalid extends Error {
  override readonly name = 'CheckpointKeyInvalid';
}

/** Reads a private key in PEM (PKCS #8). Its id is its JWK thumbprint (RFC 7638). @throws CheckpointKeyInvalid */
export function readSigningKey(pem: string): CheckpointSigningKey {
  const privateKey = attempt('the signing key is no PEM of a private key', () => createPrivateKey(pem));
  return { keyId: keyIdOf(privateKey), privateKey };
}

/** Reads a JWK set (RFC 7517 §5) of public keys. Ids are computed, not believed. @throws CheckpointKeyInvalid */
export function readTrustedKeys(json: string): TrustedKeys {
  const keys = attempt('the trusted keys are no JWK set', () => {
    const { keys: jwks } = JSON.parse(json) as { keys: Record<string, string>[] };
    return jwks.map((jwk) => {
      if ('d' in jwk) throw new CheckpointKeyInvalid('the trusted keys hold a private key');
      return createPublicKey({ key: jwk, format: 'jwk' });
    });
  });
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/** A new key pair as the two files hold it: PEM, and a JWK set of one key. */
export function generateCheckpointKeys(): { privatePem: string; trustedKeys: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyIdOf(publicKey), alg: 'ES256', use: 'sig' };
  return {
    privatePem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    trustedKeys: `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`,
  };
}

function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  if (crv !== 'P-256') throw new CheckpointKeyInvalid('a checkpoint key is on P-256');
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

function attempt<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CheckpointKeyInvalid) throw error;
    throw new CheckpointKeyInvalid(problem);
  }
}
