import { randomBytes } from 'node:crypto';
import { type Key, type Keyring, openWith, sealedKeyId, sealWith } from '@bank/security';
import type { WrappedKey } from '#pii/data-key.ts';

const DATA_KEY_BYTES = 32;

export type KeyPlace = Pick<WrappedKey, 'id' | 'userId' | 'keyClass'>;

/** What a wrapped key is bound to: it unwraps as no other user's key and in no other schema. */
function aadOf(schema: string, { id, userId, keyClass }: KeyPlace): string {
  return JSON.stringify(['data-key', schema, userId, keyClass, id]);
}

/** A new random AES-256 key. */
export function generateDataKey(place: KeyPlace): Key {
  return { id: place.id, bytes: randomBytes(DATA_KEY_BYTES) };
}

/** Wraps a data key under the current KEK. */
export function wrapDataKey(keyring: Keyring, schema: string, place: KeyPlace, key: Key): WrappedKey {
  const { id, userId, keyClass } = place;
  const wrapped = sealWith(keyring, key.bytes, aadOf(schema, place));
  return { id, userId, keyClass, kekId: sealedKeyId(wrapped), wrapped };
}

/** @throws SealBroken when it was wrapped for another place, or its KEK is gone */
export function unwrapDataKey(keyring: Keyring, schema: string, place: KeyPlace, wrapped: Uint8Array): Key {
  return { id: place.id, bytes: openWith(keyring, wrapped, aadOf(schema, place)) };
}
