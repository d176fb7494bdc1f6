import { isKid, type SignatureAlgorithm } from '#jwks/document.ts';

/** What a token is for; one kind is never taken for another (RFC 8725 §3.11). */
export type TokenType = 'at+jwt' | 'approval+jwt' | 'txn+jwt';

export interface TokenHeader {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string;
}

type Members = Readonly<Record<string, unknown>>;

const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The header of a token in JWS compact form (RFC 7515 §7.1), strictly: only base64url in its canonical spelling, `typ`
 * exactly the one asked for (access tokens: `at+jwt`, RFC 9068 §2.1), `alg` from the allow-list, and no member besides `alg`, `typ` and `kid`, so that
 * `jku`, `x5u`, `jwk`, `x5c` and `crit` are refused (SR-52, 53, 55, 57). Undefined for anything else.
 */
export function readHeader(token: string, type: TokenType): TokenHeader | undefined {
  const decoded = decodeHeader(token);
  if (decoded === undefined) return undefined;
  const { alg, typ, kid, ...others } = decoded.members;
  if (Object.keys(others).length > 0 || typ !== type || !isKid(kid)) return undefined;
  // None of the three values can hold a colon, so a fourth one is a repeated member.
  if (decoded.text.split(':').length !== 4) return undefined;
  return alg === 'ES256' || alg === 'EdDSA' ? { algorithm: alg, kid } : undefined;
}

/** The members of a header in that strict form, and its text. Undefined for anything else. */
export function decodeHeader(token: string): { members: Members; text: string } | undefined {
  if (!compactForm.test(token)) return undefined;
  const parts = token.split('.');
  if (!parts.every(isCanonical)) return undefined;
  const text = decodeText(parts[0] ?? '');
  const members = parseObject(text);
  return text === undefined || members === undefined ? undefined : { members, text };
}

/** The payload of a token whose header was read: a JSON object in UTF-8. Undefined for anything else. */
export function readPayload(token: string): Record<string, unknown> | undefined {
  return parseObject(decodeText(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.'))));
}

/** Base64 leaves bits of the last character unused; only the spelling with zeros there counts, so a value has one form. */
export function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function decodeText(part: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(part, 'base64url'));
  } catch {
    return undefined;
  }
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
