import { DomainError } from '@bank/domain';
import type { PublicJwk } from '@bank/security';
import type { KeyRing } from '#features/signing-key/key-ring.ts';

/** The JWK Set (RFC 7517 §5) that tokens of this issuer are verified with. @throws service.unavailable before keys are read */
export function listPublicKeys(keyRing: KeyRing): { keys: readonly PublicJwk[] } {
  const keys = keyRing.publicKeys();
  if (keys.length === 0) {
    throw new DomainError('service.unavailable', { reason: 'no signing key', details: { retryAfterSeconds: 1 } });
  }
  return { keys };
}
