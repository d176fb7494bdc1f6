import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Key, Keyring } from '#keys/keyring.ts';

/**
 * One record: version (1 byte) ‖ length of the key id (1 byte) ‖ key id ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
 * Everything before the nonce is authenticated together with the caller's associated data.
 */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

// One call for the nonces of hundreds of records: each costs as much as the encryption of one.
const stock = Buffer.alloc(4096);
let taken = stock.length;

/** Never given before: overwritten by the next stock, so it is to be copied. */
function nextNonce(): Buffer {
  if (taken + nonceBytes > stock.length) {
    randomFillSync(stock);
    taken = 0;
  }
  taken += nonceBytes;
  return stock.subarray(taken - nonceBytes, taken);
}

/** A record does not open: damaged, moved, made under another key or for another place. Nothing more is said. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor() {
    super('the sealed record does not open');
  }
}

function requireKeyLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== keyBytes) {
    throw new TypeError('AES-256-GCM takes a key of 32 bytes');
  }
  return bytes;
}

function headerOf(keyId: string): Buffer {
  const id = Buffer.from(keyId, 'latin1');
  return Buffer.concat([Uint8Array.of(version, id.length), id]);
}

function keyOf(key: Key | Uint8Array): Key {
  return key instanceof Uint8Array ? { id: '', bytes: key } : key;
}

/**
 * Encrypts with AES-256-GCM under a random 96-bit nonce (NIST SP 800-38D §8.2.2). `aad` says where the record belongs; it
 * opens nowhere else. One key may seal 2^32 records (§8.3), so a key is per user, or is rotated.
 * @throws TypeError when the key is not 32 bytes long
 */
export function seal(key: Key | Uint8Array, plaintext: Uint8Array, aad: Uint8Array | string): Uint8Array {
  const { id, bytes } = keyOf(key);
  const header = headerOf(id);
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', requireKeyLength(bytes), nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header, toBytes(aad)]));
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts a record of `seal`. @throws SealBroken */
export function open(key: Key | Uint8Array, sealed: Uint8Array, aad: Uint8Array | string): Uint8Array {
  const { id, bytes } = keyOf(key);
  const record = readRecord(sealed);
  if (record.keyId !== id) {
    throw new SealBroken();
  }
  const decipher = createDecipheriv('aes-256-gcm', requireKeyLength(bytes), record.nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.concat([record.header, toBytes(aad)]));
  decipher.setAuthTag(record.tag);
  const start = decipher.update(record.ciphertext);
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    throw new SealBroken();
  }
}

/** Seals under the current key of a keyring; its id travels in the record. */
export function sealWith(keyring: Keyring, plaintext: Uint8Array, aad: Uint8Array | string): Uint8Array {
  return seal(keyring.current(), plaintext, aad);
}

/** Opens under the key that the record names. @throws SealBroken, also when that key is not in the keyring any more */
export function openWith(keyring: Keyring, sealed: Uint8Array, aad: Uint8Array | string): Uint8Array {
  const key = keyring.find(sealedKeyId(sealed));
  if (key === undefined) {
    throw new SealBroken();
  }
  return open(key, sealed, aad);
}

/** The id of the key that a record was sealed under, for finding what a rotation still has to do. @throws SealBroken */
export function sealedKeyId(sealed: Uint8Array): string {
  return readRecord(sealed).keyId;
}

function toBytes(aad: Uint8Array | string): Uint8Array {
  return typeof aad === 'string' ? Buffer.from(aad, 'utf8') : aad;
}

interface SealedRecord {
  readonly header: Buffer;
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

function readRecord(sealed: Uint8Array): SealedRecord {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const headerLength = 2 + (bytes[1] ?? 0);
  if (bytes[0] !== version || bytes.length < headerLength + nonceBytes + tagBytes) {
    throw new SealBroken();
  }
  const nonceEnd = headerLength + nonceBytes;
  const tagStart = bytes.length - tagBytes;
  return {
    header: bytes.subarray(0, headerLength),
    keyId: bytes.toString('latin1', 2, headerLength),
    nonce: bytes.subarray(headerLength, nonceEnd),
    ciphertext: bytes.subarray(nonceEnd, tagStart),
    tag: bytes.subarray(tagStart),
  };
}
