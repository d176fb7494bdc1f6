import { sameBytes, toBase64Url } from '#keys/bytes.ts';
import { hmacFields } from '#keys/keyed-hash.ts';
import type { Key, Keyring } from '#keys/keyring.ts';

/** Nonces for proofs of possession that nobody has to remember. */
export interface NonceSource {
  current(now: Date): string;
  accepts(nonce: string, now: Date): boolean;
}

/** A nonce is given for so long, and taken for as long again. */
const slotSeconds = 150;
const macBytes = 16;

/**
 * Nonces of RFC 9449 §8 and §9 as keyed hashes of the time: every process with the keyring gives the same one and takes it, and
 * none keeps anything. One is good for 150 to 300 seconds, and tells nothing about its client.
 */
export function createNonceSource(keyring: Keyring): NonceSource {
  return {
    current: (now) => nonceOf(keyring.current(), slotOf(now)),
    accepts(nonce, now) {
      const slot = slotOf(now);
      // The next one as well: the clocks of two processes differ.
      const taken = [slot, slot - 1, slot + 1].flatMap((each) => keyring.all().map((key) => nonceOf(key, each)));
      return taken.some((each) => sameBytes(Buffer.from(each), Buffer.from(nonce)));
    },
  };
}

function slotOf(now: Date): number {
  return Math.floor(now.getTime() / 1000 / slotSeconds);
}

function nonceOf(key: Key, slot: number): string {
  return toBase64Url(hmacFields(key.bytes, ['proof-nonce', String(slot)]).subarray(0, macBytes));
}
