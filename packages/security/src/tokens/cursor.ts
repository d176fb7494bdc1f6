import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@bank/domain';
import { DomainError } from '@bank/domain';
import { fromBase64Url, toBase64Url } from '#keys/bytes.ts';
import { hmacFields } from '#keys/keyed-hash.ts';
import type { Key, Keyring } from '#keys/keyring.ts';
import { open, SealBroken, seal, sealedKeyId } from '#sealing/seal.ts';

/** Turns the position in a list into text that a client can only hand back, and only where it got it (SR-74). */
export interface CursorCodec {
  /** `context` names the list and whose it is, for instance `sessions:<user id>`. */
  encode(value: JsonObject, context: string): string;
  /** @throws request.invalid (path `cursor`) for anything that `encode` did not make for this context */
  decode(cursor: string, context: string): JsonObject;
}

const saltBytes = 16;
const cursorLengthMax = 2048;

export function createCursorCodec(keyring: Keyring): CursorCodec {
  return {
    encode(value, context) {
      const salt = randomBytes(saltBytes);
      const key = cursorKey(keyring.current(), salt);
      return toBase64Url(Buffer.concat([salt, seal(key, Buffer.from(JSON.stringify(value)), context)]));
    },
    decode(cursor, context) {
      const bytes = cursor.length <= cursorLengthMax ? fromBase64Url(cursor) : undefined;
      if (bytes === undefined) {
        throw refused();
      }
      try {
        return openCursor(keyring, bytes, context);
      } catch (error) {
        throw error instanceof SealBroken ? refused() : error;
      }
    },
  };
}

/** A key per cursor: lists are read without end, and one GCM key with random nonces is good for 2^32 records only. */
function cursorKey(key: Key, salt: Uint8Array): Key {
  return { id: key.id, bytes: hmacFields(key.bytes, ['cursor', salt]) };
}

function openCursor(keyring: Keyring, bytes: Uint8Array, context: string): JsonObject {
  const salt = bytes.subarray(0, saltBytes);
  const sealed = bytes.subarray(saltBytes);
  const key = keyring.find(sealedKeyId(sealed));
  if (key === undefined) {
    throw new SealBroken();
  }
  return JSON.parse(Buffer.from(open(cursorKey(key, salt), sealed, context)).toString('utf8'));
}

function refused(): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path: 'cursor', rule: 'cursor' }] } });
}
