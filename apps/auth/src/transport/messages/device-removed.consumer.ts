import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { DeviceRemovedSchema, decodeEvent, eventTypeOf } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { forgetDevice } from '#features/session/forget-device.ts';

const name = 'auth.device-removed';

/** A device that was removed, by whomever, signs in no more: once a message. */
export function deviceRemovedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'auth.events',
    types: [eventTypeOf(DeviceRemovedSchema)],
    async handle(message) {
      const { userId, deviceId } = decodeEvent(DeviceRemovedSchema, message.data);
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => forgetDevice(tx, { userId, deviceId }));
    },
  };
}
