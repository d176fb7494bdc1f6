import { createPublicKey } from 'node:crypto';
import { isSignatureOf } from '@bank/verifier';
import { signedText } from '#features/device-key/policies.ts';
import type { StoredKey } from '#storage/device-key.entity.ts';
import type { Ceremony } from '#storage/key-challenge.entity.ts';

type Signer = Pick<StoredKey, 'algorithm' | 'publicKey'>;
type Signed = Parameters<typeof signedText>[1];

/** Whether a stored key has signed this for that ceremony. */
export function isSigned(by: Signer, ceremony: Ceremony, signed: Signed, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(by.publicKey), format: 'der', type: 'spki' });
  return isSignatureOf({ key, algorithm: by.algorithm }, signedText(ceremony, signed), signature);
}
