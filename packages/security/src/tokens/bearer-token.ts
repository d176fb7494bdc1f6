import { createHash, randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { fromBase64Url, toBase64Url } from '#keys/bytes.ts';

/** Bytes of secret in a bearer token: 256 bits (SR-44). */
export const tokenSecretBytes = 32;

const prefixPattern = /^[a-z][a-z0-9]{1,15}$/;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const idLength = 36;
const secretLength = 43;

export interface MintedToken {
  /** Given to the client once. */
  readonly token: string;
  /** Stored: SHA-256 over the whole token, so that prefix and id are bound to the secret. */
  readonly digest: Uint8Array;
}

export interface ReadToken {
  readonly id: string;
  /** To be compared with the stored one by `sameBytes`. */
  readonly digest: Uint8Array;
  /** The 32 bytes after the dot, for deriving a successor. Never stored, never logged. */
  readonly secret: Uint8Array;
}

/**
 * A bearer secret `<prefix>_<uuidv7>.<43 characters>`: found by its id, compared by digest. The secret is 32 random bytes
 * unless a derived one is given.
 * @throws TypeError for a prefix, id or secret of the wrong form
 */
export function mintToken(prefix: string, id: string = uuidv7(), secret?: Uint8Array): MintedToken {
  const bytes = secret ?? randomBytes(tokenSecretBytes);
  if (!prefixPattern.test(prefix) || !idPattern.test(id) || bytes.length !== tokenSecretBytes) {
    throw new TypeError('a token is made of a short lower-case prefix, a UUIDv7 and 32 bytes');
  }
  const token = `${prefix}_${id}.${toBase64Url(bytes)}`;
  return { token, digest: digestOf(token) };
}

/** Reads a token of this prefix, or answers undefined. Exactly one spelling is accepted: nothing cut, padded or in other case. */
export function readToken(prefix: string, token: string): ReadToken | undefined {
  const idStart = prefix.length + 1;
  const secretStart = idStart + idLength + 1;
  const id = token.slice(idStart, idStart + idLength);
  if (
    token.length !== secretStart + secretLength ||
    !token.startsWith(`${prefix}_`) ||
    token[secretStart - 1] !== '.' ||
    !idPattern.test(id)
  ) {
    return undefined;
  }
  const secret = fromBase64Url(token.slice(secretStart));
  return secret === undefined ? undefined : { id, digest: digestOf(token), secret };
}

function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token, 'ascii').digest();
}
