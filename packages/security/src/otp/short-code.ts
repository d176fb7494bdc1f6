import { sameBytes } from '#keys/bytes.ts';
import { keyedHash } from '#keys/keyed-hash.ts';
import type { Keyring } from '#keys/keyring.ts';

/** What a short code is good for. */
interface CodeUse {
  /** The kind of code: one of one purpose opens nothing of another (SR-24). */
  readonly purpose: string;
  /** The id of what it was sent for, or several by colons; a code for one is none for another. */
  readonly binding: string;
}

/** What is stored of a short code: it has too few bits for a plain hash, so its hash is keyed, under the current key (SR-26). */
export function hashCode(keyring: Keyring, { purpose, binding }: CodeUse, code: string): Uint8Array {
  return keyedHash(keyring, purpose, `${binding}:${code}`);
}

/** Its hashes under every live key, the current one first: to look a code up that was sent before the key was exchanged. */
export function codeHashes(keyring: Keyring, { purpose, binding }: CodeUse, code: string): readonly Uint8Array[] {
  return keyring.all().map((key) => keyedHash(key, purpose, `${binding}:${code}`));
}

/** Whether a code is the one that `stored` is the hash of, under any live key, in constant time for each. */
export function matchesCode(keyring: Keyring, use: CodeUse, code: string, stored: Uint8Array): boolean {
  return codeHashes(keyring, use, code).some((hash) => sameBytes(hash, stored));
}
