import { KeyObject } from 'node:crypto';
import { importJWK, type JWK } from 'jose';

export type SignatureAlgorithm = 'ES256' | 'EdDSA';

export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
  /** The public members, to tell whether a key of the same name became another one. */
  readonly fingerprint: string;
}

const keysMax = 20;
const kidPattern = /^[\w-]{1,64}$/;
const coordinatePattern = /^[\w-]{43}$/;

/** Whether text can be the name of a key: short and plain, so that it is never taken for anything but a map key (SR-53). */
export function isKid(value: unknown): value is string {
  return typeof value === 'string' && kidPattern.test(value);
}

/**
 * Reads a JWK Set (RFC 7517 §5). Keys of other kinds and uses are passed over, as the RFC asks; two keys of one name or
 * a private member refuse the whole document, since then it cannot be trusted to be what its owner meant.
 * @throws Error
 */
export async function parseJwks(document: unknown): Promise<ReadonlyMap<string, VerificationKey>> {
  const items = isRecord(document) ? document['keys'] : undefined;
  if (!Array.isArray(items) || items.length > keysMax) throw new Error('not a JWK Set, or too many keys');
  const keys = new Map<string, VerificationKey>();
  for (const item of items as unknown[]) {
    if (!isRecord(item)) throw new Error('a JWK is not an object');
    if (['d', 'k', 'p', 'q'].some((member) => member in item)) throw new Error('a JWK Set holds a private key');
    const publicMembers = supportedKey(item);
    if (publicMembers === undefined) continue;
    const { kid, alg } = publicMembers;
    if (keys.has(kid)) throw new Error('a JWK Set names two keys alike');
    const key = await importJWK(publicMembers, alg);
    if (key instanceof Uint8Array) throw new Error('a JWK is not asymmetric');
    keys.set(kid, { kid, algorithm: alg, key: KeyObject.from(key), fingerprint: JSON.stringify(publicMembers) });
  }
  return keys;
}

type SupportedKey = JWK & { kid: string; alg: SignatureAlgorithm };

function supportedKey(item: Record<string, unknown>): SupportedKey | undefined {
  const { kty, crv, x, y, kid, alg, use } = item;
  if (!isKid(kid) || (use !== undefined && use !== 'sig') || !isCoordinate(x)) return undefined;
  if (kty === 'EC' && crv === 'P-256' && isCoordinate(y) && (alg === undefined || alg === 'ES256')) {
    return { kty, crv, x, y, kid, alg: 'ES256' };
  }
  // RFC 9864 renames EdDSA over this curve to Ed25519; tokens here keep the older name.
  if (kty === 'OKP' && crv === 'Ed25519' && (alg === undefined || alg === 'EdDSA' || alg === 'Ed25519')) {
    return { kty, crv, x, kid, alg: 'EdDSA' };
  }
  return undefined;
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && coordinatePattern.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
