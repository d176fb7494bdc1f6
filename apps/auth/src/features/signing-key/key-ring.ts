import { DomainError } from '@bank/domain';
import type { PublicJwk, SigningKey } from '@bank/security';
import { signingKeyAt } from '#features/signing-key/policies.ts';

/** One signing key in memory. */
export interface RingKey {
  kid: string;
  signsFrom: Date;
  privateKey: SigningKey;
  publicJwk: PublicJwk;
}

/** The signing keys of this process, replaced as a whole whenever they are read again. */
export interface KeyRing {
  /** The key that signs at this moment. @throws service.unavailable before the keys have been read */
  current(now: Date): SigningKey;
  /** For how long that key has signed. @throws service.unavailable before the keys have been read */
  signedForMs(now: Date): number;
  /** Public members only: the next key, the present one, and those whose tokens may still live (SR-58). */
  publicKeys(): readonly PublicJwk[];
  replace(keys: readonly RingKey[]): void;
}

/** A ring without keys; `loadSigningKeys` fills it. */
export function createKeyRing(): KeyRing {
  let ring: readonly RingKey[] = [];

  function keyAt(now: Date): RingKey {
    const key = signingKeyAt(ring, now);
    if (key === undefined) {
      throw new DomainError('service.unavailable', { reason: 'no signing key', details: { retryAfterSeconds: 1 } });
    }
    return key;
  }

  return {
    current: (now) => keyAt(now).privateKey,
    signedForMs: (now) => now.getTime() - keyAt(now).signsFrom.getTime(),
    publicKeys: () => ring.map((key) => key.publicJwk),
    replace(keys) {
      ring = keys;
    },
  };
}
