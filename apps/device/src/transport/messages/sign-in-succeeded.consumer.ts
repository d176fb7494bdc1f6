import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { Platform } from '@bank/proto/device';
import { decodeEvent, eventTypeOf, SignInSucceededSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import type { PlatformName } from '#features/device/schemas.ts';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';

const platformNames: Record<Platform, PlatformName> = {
  [Platform.UNSPECIFIED]: 'unspecified',
  [Platform.WEB]: 'web',
  [Platform.ANDROID]: 'android',
  [Platform.IOS]: 'ios',
  [Platform.DESKTOP]: 'desktop',
};

/** Every sign-in that `auth` tells of goes into the history, once. */
export function signInSucceededConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'device.sign-in-succeeded',
    queue: 'device.events',
    types: [eventTypeOf(SignInSucceededSchema)],
    facts: toSignInFacts,
    work: recordSignIn,
  });
}

function toSignInFacts(message: CloudEvent) {
  const event = decodeEvent(SignInSucceededSchema, message.data);
  return {
    eventId: message.id,
    userId: event.userId,
    deviceId: event.deviceId,
    sessionId: event.sessionId,
    clientId: event.clientId,
    acr: event.acr,
    amr: event.amr,
    platform: platformNames[event.platform] ?? 'unspecified',
    model: event.deviceModel,
    appVersion: event.appVersion,
    signedInAt: event.signedInAt === undefined ? undefined : timestampDate(event.signedInAt),
  };
}
