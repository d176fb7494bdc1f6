import { createNonceSource, staticKeyring } from '@bank/security';
import type { ProofNonces } from '#proof/proof-checker.ts';

const secretBytesMin = 32;

/**
 * Nonces of RFC 9449 §9 as keyed hashes of the time: every process with the secret gives the same one and takes it, and none keeps
 * anything. One is good for 150 to 300 seconds. `secret` is at least 32 random bytes; `previous` are those before it, whose nonces
 * are still taken while it is exchanged. @throws RangeError for a shorter one
 */
export function createProofNonces(secret: Uint8Array, previous: readonly Uint8Array[] = []): ProofNonces {
  const secrets = [secret, ...previous];
  if (secrets.some(({ length }) => length < secretBytesMin)) {
    throw new RangeError(`a secret of nonces has at least ${secretBytesMin} bytes`);
  }
  const keys = Object.fromEntries(secrets.map((each, index) => [`k${index}`, each]));
  return createNonceSource(staticKeyring('proof-nonce', keys, 'k0'));
}
