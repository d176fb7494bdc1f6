import { createHmac } from 'node:crypto';
import type { Key, Keyring } from '#keys/keyring.ts';

/** A blind index value under one live key. */
export interface BlindIndexEntry {
  readonly keyId: string;
  readonly digest: Uint8Array;
}

/** HMAC-SHA-256 (RFC 2104) over length-prefixed fields, so that no two lists of fields give the same input. */
export function hmacFields(key: Uint8Array, fields: readonly (string | Uint8Array)[]): Uint8Array {
  // In one piece: each update costs more than the bytes of it.
  const pieces = fields.flatMap((field) => {
    const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return createHmac('sha256', key).update(Buffer.concat(pieces)).digest();
}

/**
 * What is stored to find a sealed value again: its HMAC under every live key, the current one first. Writes store all of
 * them and lookups ask for all of them, so that keys can rotate. `value` must be normalised already; `context` names
 * schema, table and column, so that equal values in two places do not look equal.
 */
export function blindIndex(keyring: Keyring, context: string, value: string): readonly BlindIndexEntry[] {
  return keyring
    .all()
    .map(({ id, bytes }) => ({ keyId: id, digest: hmacFields(bytes, ['blind-index', context, value]) }));
}

/**
 * HMAC-SHA-256 of a value for one purpose, under the current key: names for limits and caches that do not give the
 * value away.
 */
export function keyedHash(keys: Keyring | Key, context: string, value: string | Uint8Array): Uint8Array {
  const key = 'current' in keys ? keys.current() : keys;
  return hmacFields(key.bytes, ['keyed-hash', context, value]);
}
