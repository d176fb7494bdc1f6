import { createPublicKey, type webcrypto } from 'node:crypto';
import { decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

const label = { kty: 1, alg: 3, curve: -1, x: -2, y: -3, n: -1, e: -2 } as const;
const rsaBitsMin = 2048;
const rsaBitsMax = 4096;
const rsaExponentMin = 65_537n;

/**
 * The algorithm of a COSE key that can be relied upon (RFC 9053, RFC 8812): on the curve that its algorithm says, or of RSA with
 * 2048 to 4096 bits. Undefined for any other. @throws for what is no key
 */
export function soundAlgorithmOf(publicKey: Uint8Array): number | undefined {
  const key = decodeCredentialPublicKey(new Uint8Array(publicKey)) as unknown as Map<number, unknown>;
  const jwk = jwkOf(key);
  if (jwk === undefined) return undefined;
  const { asymmetricKeyDetails: details } = createPublicKey({ key: jwk, format: 'jwk' });
  if (jwk.kty === 'RSA') {
    const { modulusLength = 0, publicExponent = 0n } = details ?? {};
    if (modulusLength < rsaBitsMin || modulusLength > rsaBitsMax || publicExponent < rsaExponentMin) return undefined;
  }
  return key.get(label.alg) as number;
}

function jwkOf(key: ReadonlyMap<number, unknown>): webcrypto.JsonWebKey | undefined {
  const text = (at: number) => Buffer.from(key.get(at) as Uint8Array).toString('base64url');
  const is = (kty: number, alg: number, curve?: number) =>
    key.get(label.kty) === kty && key.get(label.alg) === alg && (curve === undefined || key.get(label.curve) === curve);
  if (is(2, -7, 1)) return { kty: 'EC', crv: 'P-256', x: text(label.x), y: text(label.y) };
  if (is(1, -8, 6)) return { kty: 'OKP', crv: 'Ed25519', x: text(label.x) };
  if (is(3, -257)) return { kty: 'RSA', n: text(label.n), e: text(label.e) };
  return undefined;
}
