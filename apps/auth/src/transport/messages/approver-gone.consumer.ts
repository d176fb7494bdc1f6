import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import {
  DeviceKeyRemovedSchema,
  DeviceKeyRotatedSchema,
  DeviceRemovedSchema,
  decodeEvent,
  eventTypeOf,
  FactorRemovedSchema,
} from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { forgetApprovals } from '#features/transaction/forget-approvals.ts';

const ofDevices = [DeviceRemovedSchema, DeviceKeyRemovedSchema, DeviceKeyRotatedSchema];

/** What a factor or the key of a device has approved is not executed once that is gone, or has been replaced (SR-63). */
export function approverGoneConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.approver-gone',
    queue: 'auth.events',
    types: [...ofDevices, FactorRemovedSchema].map(eventTypeOf),
    facts: toApprover,
    work: forgetApprovals,
  });
}

function toApprover({ type, data }: CloudEvent) {
  const schema = ofDevices.find((one) => eventTypeOf(one) === type);
  if (schema === undefined) {
    const { userId, factorId } = decodeEvent(FactorRemovedSchema, data);
    return { userId, factorId };
  }
  const { userId, deviceId: factorId } = decodeEvent(schema, data);
  return { userId, factorId };
}
