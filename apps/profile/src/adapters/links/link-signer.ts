import type { Clock } from '@bank/domain';
import { fromBase64Url, type Keyring, keyedHash, sameBytes, toBase64Url } from '@bank/security';

/** What stands in a signed link beside what it leads to. */
export interface LinkProof {
  readonly expires: string;
  readonly signature: string;
}

/** Signs links that are good for whoever has them, for a while. */
export interface LinkSigner {
  /** The proof that a link with these parts was made here. */
  sign(parts: readonly string[], expiresAt: Date): LinkProof;
  /** Whether the parts are those that were signed, and their time is not over. */
  holds(parts: readonly string[], proof: LinkProof): boolean;
}

const context = 'profile.links';

/** HMAC-SHA-256 under the current key; links made under an older one hold until it retires. */
export function createLinkSigner(keyring: Keyring, clock: Clock): LinkSigner {
  return {
    sign(parts, expiresAt) {
      const expires = String(Math.floor(expiresAt.getTime() / 1000));
      return { expires, signature: toBase64Url(keyedHash(keyring, context, textOf(parts, expires))) };
    },
    holds(parts, { expires, signature }) {
      const given = fromBase64Url(signature);
      if (given === undefined || !/^\d{1,12}$/.test(expires)) return false;
      const text = textOf(parts, expires);
      const isOurs = keyring.all().some((key) => sameBytes(given, keyedHash(key, context, text)));
      return isOurs && Number(expires) * 1000 > clock.now().getTime();
    },
  };
}

function textOf(parts: readonly string[], expires: string): string {
  return JSON.stringify([...parts, expires]);
}
