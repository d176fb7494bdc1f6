import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto';

/** What a proof is for, and what of it a test wants otherwise; `undefined` leaves a member out. */
export interface ProofParts {
  readonly method: string;
  /** The whole address, as `htu` says it. */
  readonly url: string;
  readonly accessToken?: string;
  readonly nonce?: string | undefined;
  /** Epoch milliseconds; now unless said. */
  readonly at?: number;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A client's key for proofs of possession (DPoP, RFC 9449). */
export interface ProofKey {
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Its thumbprint (RFC 7638), as `cnf.jkt` says it. */
  readonly jkt: string;
  /** The value of a `DPoP` header. */
  proof(parts: ProofParts): string;
}

/** Makes a key, and proofs as a client does (RFC 9449 §4.2), by ES256 unless said. */
export function proofKey(algorithm: 'ES256' | 'EdDSA' = 'ES256'): ProofKey {
  const { privateKey, publicKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = algorithm === 'ES256' ? { crv, kty, x, y } : { crv, kty, x };
  return {
    jwk,
    jkt: hash('sha256', JSON.stringify(jwk), 'base64url'),
    proof(parts) {
      const header = { typ: 'dpop+jwt', alg: algorithm, jwk, ...parts.header };
      const input = `${encode(header)}.${encode({ ...usualClaims(parts), ...parts.claims })}`;
      const digest = algorithm === 'ES256' ? 'sha256' : null;
      const signature = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

function usualClaims({ method, url, accessToken, nonce, at = Date.now() }: ProofParts) {
  return {
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(at / 1000),
    ...(accessToken === undefined ? {} : { ath: hash('sha256', accessToken, 'base64url') }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
