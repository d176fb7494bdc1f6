import type { OutboxEvent } from '@bank/database';
import { Platform } from '@bank/proto/device';
import { DeviceNewSignInSchema, DeviceRegisteredSchema, encodeEvent } from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PlatformName } from '#features/device/schemas.ts';
import type { SignIn } from '#storage/sign-in.entity.ts';

interface Registered {
  readonly id: string;
  readonly userId: string;
  readonly platform: PlatformName;
}

const platforms: Record<PlatformName, Platform> = {
  unspecified: Platform.UNSPECIFIED,
  web: Platform.WEB,
  android: Platform.ANDROID,
  ios: Platform.IOS,
  desktop: Platform.DESKTOP,
};

/** `device.registered.v1`: a user signed in on a device for the first time. */
export function deviceRegistered(device: Registered, at: Date): OutboxEvent {
  return {
    subject: device.userId,
    ...encodeEvent(DeviceRegisteredSchema, {
      userId: device.userId,
      deviceId: device.id,
      platform: platforms[device.platform],
      registeredAt: timestampFromDate(at),
    }),
  };
}

/** `device.new_sign_in.v1`: somebody signed in to an account that had devices already, on one it had not. */
export function deviceNewSignIn(signIn: SignIn): OutboxEvent {
  return {
    subject: signIn.userId,
    ...encodeEvent(DeviceNewSignInSchema, {
      userId: signIn.userId,
      deviceId: signIn.deviceId,
      sessionId: signIn.sessionId,
      signedInAt: timestampFromDate(signIn.signedInAt),
    }),
  };
}
