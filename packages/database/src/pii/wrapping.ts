import { randomBytes } from 'node:crypto';
import { type Key, type Keyring, openWith, sealedKeyId, sealWith } from '@bank/security';
import type { WrappedKey } from '#pii/data-key.ts';

const DATA_KEY_BYTES = 32;

export type KeyPlace = Pick<WrappedKey, 'id' | 'userId' | 'keyClass'>;

/** What a wrapped key is bound to: it unwraps as no other user's key and in no other schema. */
function aadOf(schema: string, { id, userId, keyClass }: KeyPlace): string {
  return JSON.stringify(['data-key', schema, userId, keyClass, id]);
}

/** The bytes of so many new AES-256 keys, by one call to the generator: each costs as much as the wrapping of a key. */
export function randomKeys(count: number): readonly Uint8Array[] {
  const random = randomBytes(count * DATA_KEY_BYTES);
  const keys = Array.from(
    { length: count },
    (_, index) =>
      // Copied: a key that is remembered would else keep those of all others in memory.
      new Uint8Array(random.subarray(index * DATA_KEY_BYTES, (index + 1) * DATA_KEY_BYTES)),
  );
  random.fill(0);
  return keys;
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
