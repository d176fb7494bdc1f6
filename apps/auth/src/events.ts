import { toUserStatus } from '@bank/composition';
import type { OutboxEvent } from '@bank/database';
import type { Role, UserId, UserState } from '@bank/domain';
import {
  encodeEvent,
  KeyRotatedSchema,
  LockedSchema,
  LockPool,
  PasswordChangedSchema,
  PasswordResetRequestedSchema,
  Platform,
  SessionEndReason,
  SessionRevokedSchema,
  SignInFailedSchema,
  SignInFailureReason,
  SignInSucceededSchema,
  SteppedUpSchema,
  TokenReuseDetectedSchema,
  UserActivatedSchema,
  UserEmailChangedSchema,
  UserPhoneChangedSchema,
  UserRegisteredSchema,
  UserRolesChangedSchema,
  UserStatusChangedSchema,
} from '@bank/proto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { EndReason } from '#features/session/end-reasons.ts';
import type { DevicePlatform } from '#features/session/schemas.ts';
import { countsCodes, deviceOfPool } from '#features/sign-in/lockout-policies.ts';

const platforms: Record<DevicePlatform, Platform> = {
  web: Platform.WEB,
  android: Platform.ANDROID,
  ios: Platform.IOS,
  desktop: Platform.DESKTOP,
};

const endReasons: Record<EndReason, SessionEndReason> = {
  logout: SessionEndReason.LOGOUT,
  logout_all: SessionEndReason.LOGOUT_ALL,
  ended_by_user: SessionEndReason.ENDED_BY_USER,
  ended_by_staff: SessionEndReason.ENDED_BY_STAFF,
  token_reuse: SessionEndReason.TOKEN_REUSE,
  device_removed: SessionEndReason.DEVICE_REMOVED,
  status_changed: SessionEndReason.STATUS_CHANGED,
  factor_changed: SessionEndReason.FACTOR_CHANGED,
  password_changed: SessionEndReason.PASSWORD_CHANGED,
  enrolled: SessionEndReason.ENROLLED,
  email_reverted: SessionEndReason.EMAIL_REVERTED,
  limit: SessionEndReason.LIMIT,
};

const failureReasons = {
  credentials: SignInFailureReason.CREDENTIALS,
  locked: SignInFailureReason.LOCKED,
  status: SignInFailureReason.STATUS,
  risk: SignInFailureReason.RISK,
  factor: SignInFailureReason.FACTOR,
  client: SignInFailureReason.CLIENT,
  compromised: SignInFailureReason.COMPROMISED,
} as const;
export type SignInFailure = keyof typeof failureReasons;

function lockPoolOf(pool: string): LockPool {
  if (countsCodes(pool)) return LockPool.EMAILED_CODES;
  return deviceOfPool(pool) === undefined ? LockPool.UNKNOWN_DEVICES : LockPool.KNOWN_DEVICE;
}

/** A registration was verified and became a user. */
export function userRegistered(facts: {
  userId: UserId;
  clientId: string;
  locale: string | null;
  acceptedTerms: string;
  at: Date;
}): OutboxEvent {
  const { userId, clientId, acceptedTerms, at } = facts;
  const data = { userId, clientId, locale: facts.locale ?? '', acceptedTerms, registeredAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserRegisteredSchema, data) };
}

/** A user may sign in from now on. */
export function userActivated(facts: {
  userId: UserId;
  roles: readonly string[];
  locale: string | null;
  at: Date;
}): OutboxEvent {
  const { userId, at } = facts;
  const data = { userId, roles: [...facts.roles], locale: facts.locale ?? '', activatedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserActivatedSchema, data) };
}

/** A user may do more or less than before. */
export function userStatusChanged(facts: {
  userId: UserId;
  from: UserState;
  to: UserState;
  version: number;
  at: Date;
}): OutboxEvent {
  const { userId, from, to, version, at } = facts;
  const [before, after] = [toUserStatus(from), toUserStatus(to)];
  const data = { userId, from: before, to: after, version: BigInt(version), changedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserStatusChangedSchema, data) };
}

/** A user holds other roles. */
export function userRolesChanged(facts: {
  userId: UserId;
  from: readonly Role[];
  to: readonly Role[];
  version: number;
  at: Date;
}): OutboxEvent {
  const { userId, from, to, version, at } = facts;
  const data = { userId, from: [...from], to: [...to], version: BigInt(version), changedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserRolesChangedSchema, data) };
}

/** A user has proven another phone number, or a first one. */
export function userPhoneChanged(facts: { userId: UserId; replaced: boolean; version: number; at: Date }): OutboxEvent {
  const { userId, replaced, version, at } = facts;
  const data = { userId, replaced, version: BigInt(version), changedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserPhoneChangedSchema, data) };
}

/** A user has proven another email address, or the one they were imported with, or has put the one before back. */
export function userEmailChanged(facts: { userId: UserId; reverted: boolean; version: number; at: Date }): OutboxEvent {
  const { userId, reverted, version, at } = facts;
  const data = { userId, reverted, version: BigInt(version), changedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(UserEmailChangedSchema, data) };
}

/** A session was opened; `device` learns of its device by this. The name that a person gave it is not for everybody to read. */
export function signInSucceeded(facts: {
  userId: UserId;
  sessionId: string;
  clientId: string;
  acr: string;
  amr: readonly string[];
  at: Date;
  device: {
    id: string;
    isNew: boolean;
    platform?: DevicePlatform | undefined;
    model?: string | undefined;
    appVersion?: string | undefined;
  };
}): OutboxEvent {
  const { userId, sessionId, clientId, acr, device } = facts;
  const data = {
    userId,
    sessionId,
    clientId,
    acr,
    amr: [...facts.amr],
    deviceId: device.id,
    newDevice: device.isNew,
    platform: device.platform === undefined ? Platform.UNSPECIFIED : platforms[device.platform],
    deviceModel: device.model ?? '',
    appVersion: device.appVersion ?? '',
    signedInAt: timestampFromDate(facts.at),
  };
  return { subject: userId, ...encodeEvent(SignInSucceededSchema, data) };
}

/** An attempt on an existing user opened no session. `deviceId` is the known device it came from. */
export function signInFailed(facts: {
  userId: UserId;
  deviceId: string | undefined;
  clientId: string;
  reason: SignInFailure;
  at: Date;
}): OutboxEvent {
  const { userId, clientId } = facts;
  const reason = failureReasons[facts.reason];
  const data = { userId, clientId, reason, deviceId: facts.deviceId ?? '', failedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(SignInFailedSchema, data) };
}

/** Consecutive failures closed a pool for a while. */
export function locked(facts: {
  userId: UserId;
  pool: string;
  failures: number;
  lockedUntil: Date;
  at: Date;
}): OutboxEvent {
  const { userId, failures, pool } = facts;
  const data = {
    userId,
    failures,
    pool: lockPoolOf(pool),
    deviceId: deviceOfPool(pool) ?? '',
    lockedUntil: timestampFromDate(facts.lockedUntil),
    lockedAt: timestampFromDate(facts.at),
  };
  return { subject: userId, ...encodeEvent(LockedSchema, data) };
}

/** A session ended before its time. */
export function sessionRevoked(facts: {
  userId: UserId;
  sessionId: string;
  deviceId: string;
  reason: EndReason;
  at: Date;
}): OutboxEvent {
  const { userId, sessionId, deviceId } = facts;
  const reason = endReasons[facts.reason];
  const data = { userId, sessionId, deviceId, reason, revokedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(SessionRevokedSchema, data) };
}

/** Its user authenticated again on a live session. */
export function steppedUp(session: {
  id: string;
  userId: UserId;
  deviceId: string;
  acr: string;
  amr: readonly string[];
  authTime: Date;
}): OutboxEvent {
  const { id: sessionId, userId, deviceId, acr, amr, authTime } = session;
  const data = { userId, sessionId, deviceId, acr, amr: [...amr], steppedUpAt: timestampFromDate(authTime) };
  return { subject: userId, ...encodeEvent(SteppedUpSchema, data) };
}

/** A spent refresh token was presented again (RFC 9700 §4.14). */
export function tokenReuseDetected(facts: {
  userId: UserId;
  sessionId: string;
  deviceId: string;
  clientId: string;
  at: Date;
}): OutboxEvent {
  const { userId, sessionId, deviceId, clientId } = facts;
  const data = { userId, sessionId, deviceId, clientId, detectedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(TokenReuseDetectedSchema, data) };
}

/** A link for choosing another password went out. */
export function passwordResetRequested(facts: { userId: UserId; byStaff: boolean; at: Date }): OutboxEvent {
  const { userId, byStaff, at } = facts;
  const data = { userId, byStaff, requestedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(PasswordResetRequestedSchema, data) };
}

/** A user has another password. */
export function passwordChanged(facts: { userId: UserId; byReset: boolean; at: Date }): OutboxEvent {
  const { userId, byReset, at } = facts;
  const data = { userId, byReset, changedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(PasswordChangedSchema, data) };
}

/** Another key is public, and signs access tokens from `at` on. The subject is the key's id. */
export function keyRotated(facts: {
  keyId: string;
  previousKeyId: string | undefined;
  algorithm: string;
  at: Date;
}): OutboxEvent {
  const { keyId, algorithm } = facts;
  const data = { keyId, algorithm, previousKeyId: facts.previousKeyId ?? '', rotatedAt: timestampFromDate(facts.at) };
  return { subject: keyId, ...encodeEvent(KeyRotatedSchema, data) };
}
