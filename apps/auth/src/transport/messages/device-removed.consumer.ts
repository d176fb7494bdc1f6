import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { DeviceRemovedSchema, decodeEvent, eventTypeOf } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { forgetDevice } from '#features/session/forget-device.ts';

/** A device that was removed, by whomever, signs in no more. */
export function deviceRemovedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.device-removed',
    queue: 'auth.events',
    types: [eventTypeOf(DeviceRemovedSchema)],
    facts: toRemovedDevice,
    work: forgetDevice,
  });
}

function toRemovedDevice({ data }: CloudEvent) {
  const { userId, deviceId } = decodeEvent(DeviceRemovedSchema, data);
  return { userId, deviceId };
}
