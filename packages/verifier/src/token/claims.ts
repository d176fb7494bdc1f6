import { type AssuranceLevel, assuranceLevels, type Role, roles, type UserId } from '@bank/domain';
import type { AccessClaims } from '#token/access-claims.ts';

export interface ClaimRules {
  readonly issuer: string;
  readonly audiences: ReadonlySet<string>;
  readonly skewSeconds: number;
  readonly lifeSecondsMax: number;
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const uuidv7Pattern = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const tokenIdPattern = /^[\w-]{8,128}$/;
const methodPattern = /^[a-z\d_]{1,32}$/;
const thumbprintPattern = /^[\w-]{43}$/;
const listMax = 16;

type Payload = Readonly<Record<string, unknown>>;

/**
 * Reads the payload of an access token whose signature has been verified. Every claim must have its exact type and form;
 * times are numbers in seconds within skew and lifetime (SR-54), issuer and audience match exactly (SR-56). Claims that are
 * not known are ignored, as RFC 7519 §4 asks. Gives the claims, or the name of the first one that is wrong.
 */
export function readClaims(payload: Payload, rules: ClaimRules, nowSeconds: number): AccessClaims | string {
  const { iss, aud, sub, sid, jti, did } = payload;
  if (iss !== rules.issuer) return 'iss';
  if (typeof aud !== 'string' || !rules.audiences.has(aud)) return 'aud';
  const times = readTimes(payload, rules, nowSeconds);
  if (typeof times === 'string') return times;
  if (!isUserId(sub)) return 'sub';
  if (typeof sid !== 'string' || !uuidPattern.test(sid)) return 'sid';
  if (typeof jti !== 'string' || !tokenIdPattern.test(jti)) return 'jti';
  const authority = readAuthority(payload);
  if (typeof authority === 'string') return authority;
  if (did !== undefined && (typeof did !== 'string' || !uuidPattern.test(did))) return 'did';
  const cnf = readConfirmation(payload['cnf']);
  if (cnf === null) return 'cnf';
  return Object.freeze({
    ...{ sub, sid, jti, aud },
    ...times,
    ...authority,
    ...(did === undefined ? {} : { did }),
    ...(cnf === undefined ? {} : { cnf }),
  });
}

function isUserId(value: unknown): value is UserId {
  return typeof value === 'string' && uuidv7Pattern.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function readTimes(
  payload: Payload,
  { skewSeconds, lifeSecondsMax }: ClaimRules,
  now: number,
): Pick<AccessClaims, 'iat' | 'exp' | 'authTime'> | string {
  const { iat, exp, nbf, auth_time: authTime } = payload;
  if (!isTime(exp) || exp + skewSeconds <= now) return 'exp';
  if (!isTime(iat) || iat > now + skewSeconds) return 'iat';
  // A longer life than revocations are kept for would outlive them; it also catches milliseconds taken for seconds.
  if (exp <= iat || exp - iat > lifeSecondsMax) return 'exp';
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + skewSeconds)) return 'nbf';
  if (!isTime(authTime) || authTime > iat + skewSeconds) return 'auth_time';
  return { iat, exp, authTime };
}

function readAuthority(payload: Payload): Pick<AccessClaims, 'acr' | 'amr' | 'roles'> | string {
  const { acr, amr, roles: held } = payload;
  if (!isAssurance(acr)) return 'acr';
  if (!isListOf(amr, isMethod)) return 'amr';
  if (!isListOf(held, isRole)) return 'roles';
  return { acr, amr: Object.freeze([...amr]), roles: Object.freeze([...held]) };
}

function isAssurance(value: unknown): value is AssuranceLevel {
  return assuranceLevels.some((level) => level === value);
}

function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value);
}

function isMethod(value: unknown): value is string {
  return typeof value === 'string' && methodPattern.test(value);
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.length <= listMax && value.every(is);
}

/** RFC 7800 §3.1 with the JWK thumbprint of RFC 9449 §6.1. Null when it is there but is anything else. */
function readConfirmation(value: unknown): { readonly jkt: string } | undefined | null {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return null;
  const { jkt } = value as Record<string, unknown>;
  return typeof jkt === 'string' && thumbprintPattern.test(jkt) ? Object.freeze({ jkt }) : null;
}
