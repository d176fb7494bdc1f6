import type { OutboxEvent } from '@bank/database';
import { Platform } from '@bank/proto/device';
import {
  DeviceKeyBoundSchema,
  DeviceKeyRemovalReason,
  DeviceKeyRemovedSchema,
  DeviceKeyRotatedSchema,
  DeviceNewSignInSchema,
  DeviceRegisteredSchema,
  DeviceRemovalReason,
  DeviceRemovedSchema,
  DeviceTrustedSchema,
  DeviceUntrustedSchema,
  encodeEvent,
} from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PlatformName } from '#features/device/schemas.ts';
import type { SignInFacts } from '#features/sign-in/schemas.ts';

export const platforms: Record<PlatformName, Platform> = {
  unspecified: Platform.UNSPECIFIED,
  web: Platform.WEB,
  android: Platform.ANDROID,
  ios: Platform.IOS,
  desktop: Platform.DESKTOP,
};

const removalReasons = {
  user: DeviceRemovalReason.USER,
  staff: DeviceRemovalReason.STAFF,
  limit: DeviceRemovalReason.LIMIT,
} as const;
/** Who had a device removed: its user, staff, or the limit. */
export type RemovalReason = keyof typeof removalReasons;

const keyRemovalReasons = {
  user: DeviceKeyRemovalReason.USER,
  credentials_reset: DeviceKeyRemovalReason.CREDENTIALS_RESET,
} as const;
/** Why a device has a key no longer. */
export type KeyRemovalReason = keyof typeof keyRemovalReasons;

interface DeviceFacts {
  readonly userId: string;
  readonly deviceId: string;
  readonly at: Date;
}

/** `device.registered.v1`: a user signed in on a device for the first time. */
export function deviceRegistered({ userId, deviceId, platform, signedInAt }: SignInFacts): OutboxEvent {
  const data = { userId, deviceId, platform: platforms[platform], registeredAt: timestampFromDate(signedInAt) };
  return { subject: userId, ...encodeEvent(DeviceRegisteredSchema, data) };
}

/** `device.new_sign_in.v1`: somebody signed in on a device that the account had not, and that is no news by itself. */
export function deviceNewSignIn({ userId, deviceId, sessionId, signedInAt }: SignInFacts): OutboxEvent {
  const data = { userId, deviceId, sessionId, signedInAt: timestampFromDate(signedInAt) };
  return { subject: userId, ...encodeEvent(DeviceNewSignInSchema, data) };
}

/** `device.trusted.v1`: a user trusts a device, from now on where they did before. */
export function deviceTrusted({ userId, deviceId, at }: DeviceFacts): OutboxEvent {
  const data = { userId, deviceId, trustedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(DeviceTrustedSchema, data) };
}

/** `device.untrusted.v1`: a user trusts a device no longer. That a trusted one was removed `device.removed.v1` tells. */
export function deviceUntrusted({ userId, deviceId, at }: DeviceFacts): OutboxEvent {
  const data = { userId, deviceId, untrustedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(DeviceUntrustedSchema, data) };
}

/** `device.removed.v1`: a device is gone for good; auth ends its sessions and forgets its secret. */
export function deviceRemoved({ userId, deviceId, reason, at }: DeviceFacts & { reason: RemovalReason }): OutboxEvent {
  const data = { userId, deviceId, reason: removalReasons[reason], removedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(DeviceRemovedSchema, data) };
}

/** `device.key_bound.v1`: a device can confirm transactions. */
export function deviceKeyBound({ userId, deviceId, at }: DeviceFacts): OutboxEvent {
  return {
    subject: userId,
    ...encodeEvent(DeviceKeyBoundSchema, { userId, deviceId, boundAt: timestampFromDate(at) }),
  };
}

/** `device.key_rotated.v1`: it does so with another key, for which the older one has signed. */
export function deviceKeyRotated({ userId, deviceId, at }: DeviceFacts): OutboxEvent {
  const data = { userId, deviceId, rotatedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(DeviceKeyRotatedSchema, data) };
}

/** `device.key_removed.v1`: it can do so no longer. The key of a removed device goes with `device.removed.v1`. */
export function deviceKeyRemoved({
  userId,
  deviceId,
  reason,
  at,
}: DeviceFacts & { reason: KeyRemovalReason }): OutboxEvent {
  const data = { userId, deviceId, reason: keyRemovalReasons[reason], removedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(DeviceKeyRemovedSchema, data) };
}
