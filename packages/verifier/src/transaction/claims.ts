import type { UserId } from '@bank/domain';

/** What a verified transaction token says: who has approved what, how, and in which session. Ids and a digest only. */
export interface TransactionClaims {
  readonly transactionId: string;
  readonly userId: UserId;
  readonly sessionId: string;
  readonly audience: string;
  /** The kind of transaction, such as `payment`. */
  readonly type: string;
  /** SHA-256 of the canonical transaction (RFC 8785), in base64url. */
  readonly digest: string;
  readonly amr: readonly string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
}

export interface TransactionRules {
  readonly issuer: string;
  readonly audiences: ReadonlySet<string>;
  readonly skewSeconds: number;
}

type Payload = Readonly<Record<string, unknown>>;

/** The longest a transaction token is good for (SR-63), in seconds. */
const lifeSecondsMax = 300;

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const uuidv7Pattern = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const digestPattern = /^[\w-]{43}$/;
const typePattern = /^[a-z][a-z_]{0,39}$/;
const methodPattern = /^[a-z\d_]{1,32}$/;
const listMax = 16;

/** Reads the payload of a transaction token whose signature has been verified. Gives the claims, or the name of the first wrong one. */
export function readTransactionClaims(
  payload: Payload,
  rules: TransactionRules,
  now: number,
): TransactionClaims | string {
  const { iss, aud, sub, sid, jti, act, dig, amr, iat, exp } = payload;
  if (iss !== rules.issuer) return 'iss';
  if (typeof aud !== 'string' || !rules.audiences.has(aud)) return 'aud';
  if (!matches(sub, uuidv7Pattern)) return 'sub';
  if (!matches(sid, uuidPattern)) return 'sid';
  if (!matches(jti, uuidv7Pattern)) return 'jti';
  if (!matches(act, typePattern)) return 'act';
  if (!matches(dig, digestPattern)) return 'dig';
  if (!isMethods(amr)) return 'amr';
  if (!isTime(iat) || iat > now + rules.skewSeconds) return 'iat';
  if (!isTime(exp) || exp <= now || exp <= iat || exp - iat > lifeSecondsMax) return 'exp';
  const whose = { userId: sub as UserId, sessionId: sid, audience: aud };
  return Object.freeze({
    ...{ transactionId: jti, type: act, digest: dig, expiresAt: exp },
    ...whose,
    amr: Object.freeze([...amr]),
  });
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isMethods(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= listMax && value.every((item) => matches(item, methodPattern));
}
