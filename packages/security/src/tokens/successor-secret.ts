import { createHmac } from 'node:crypto';
import type { Keyring } from '#keys/keyring.ts';
import { tokenSecretBytes } from '#tokens/bearer-token.ts';

/** Bytes of the nonce that the consumed row keeps for the grace window. */
export const successorNonceBytes = 32;

export interface SuccessorInput {
  /** UUID of the token family: the session. */
  readonly family: string;
  /** Generation of the presented token in its family, from 0. */
  readonly generation: number;
  /** The 32 secret bytes of the presented token (`readToken`). */
  readonly presentedSecret: Uint8Array;
  /** 32 random bytes made when the presented token was consumed, and forgotten after the grace window. */
  readonly nonce: Uint8Array;
  /** The key the first derivation used; the current one if there was none. */
  readonly keyId?: string;
}

export interface SuccessorSecret {
  readonly keyId: string;
  readonly secret: Uint8Array;
}

const label = 'refresh-successor-v1';
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The secret of the refresh token that follows a presented one. The same input gives the same secret, so that a client
 * whose answer was lost gets the same successor again without its being stored; without the nonce it cannot be made,
 * not even with the presented token and the key. Every field has a fixed length.
 * @throws TypeError for a field of the wrong form, RangeError when the named key is not live any more
 */
export function successorSecret(keyring: Keyring, input: SuccessorInput): SuccessorSecret {
  const key = input.keyId === undefined ? keyring.current() : keyring.find(input.keyId);
  if (key === undefined) {
    throw new RangeError('the derivation key is not in the keyring');
  }
  const secret = createHmac('sha256', key.bytes)
    .update(label)
    .update(familyBytes(input.family))
    .update(generationBytes(input.generation))
    .update(ofLength(input.presentedSecret, tokenSecretBytes))
    .update(ofLength(input.nonce, successorNonceBytes))
    .digest();
  return { keyId: key.id, secret };
}

function familyBytes(family: string): Uint8Array {
  if (!uuidPattern.test(family)) {
    throw new TypeError('a token family is a UUID');
  }
  return Buffer.from(family.replaceAll('-', ''), 'hex');
}

function generationBytes(generation: number): Uint8Array {
  if (!Number.isSafeInteger(generation) || generation < 0) {
    throw new TypeError('a generation is a whole number from 0');
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(generation));
  return bytes;
}

function ofLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) {
    throw new TypeError(`expected ${length} bytes`);
  }
  return bytes;
}
