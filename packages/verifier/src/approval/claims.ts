import { type ApprovalAction, approvalSeconds, isApprovalAction, type Role, roles, type UserId } from '@bank/domain';

/** What a verified approval says: who asked for what, and what roles they had then. */
export interface ApprovalClaims {
  readonly approvalId: string;
  readonly makerId: UserId;
  /** The maker's roles when asking; those of now are for the caller to find out. */
  readonly makerRoles: readonly Role[];
  readonly action: ApprovalAction;
  /** When it was asked for. Epoch seconds, with a fraction where `auth` says one. */
  readonly issuedAt: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** What the approval must be good for. */
export interface ApprovalDemand {
  readonly action: ApprovalAction;
  /** SHA-256 of what is about to be done: `approvalDigest` of @bank/security. */
  readonly digest: Uint8Array;
}

export interface ApprovalRules {
  readonly issuer: string;
  readonly skewSeconds: number;
}

type Payload = Readonly<Record<string, unknown>>;

const uuidv7Pattern = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const listMax = 16;

/**
 * Reads the payload of an approval whose signature has been verified, and compares it with what is about to be done. Gives
 * the claims, or the name of the first one that is wrong; `expired` when that is all that is.
 */
export function readApprovalClaims(
  payload: Payload,
  demand: ApprovalDemand,
  rules: ApprovalRules,
  now: number,
): ApprovalClaims | string {
  const { iss, sub, jti, act, dig, roles: held, iat, exp } = payload;
  if (iss !== rules.issuer) return 'iss';
  if (!isUuidv7(sub)) return 'sub';
  if (!isUuidv7(jti)) return 'jti';
  if (!isRoles(held)) return 'roles';
  if (!isApprovalAction(act) || act !== demand.action) return 'act';
  if (dig !== Buffer.from(demand.digest).toString('base64url')) return 'dig';
  if (!isTime(iat) || iat > now + rules.skewSeconds) return 'iat';
  if (!isTime(exp) || exp <= iat || exp - iat > approvalSeconds) return 'exp';
  if (exp <= now) return 'expired';
  const makerRoles = Object.freeze([...held]);
  const made = { approvalId: jti, makerId: sub as UserId, makerRoles, action: act };
  return Object.freeze({ ...made, issuedAt: iat, expiresAt: exp });
}

function isUuidv7(value: unknown): value is string {
  return typeof value === 'string' && uuidv7Pattern.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isRoles(value: unknown): value is Role[] {
  return Array.isArray(value) && value.length <= listMax && value.every((item) => roles.some((role) => role === item));
}
