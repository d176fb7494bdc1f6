import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserEmailChangedSchema, UserPhoneChangedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { forgetCodes } from '#factor-types/sent-code/forget-codes.ts';

/** Codes on their way to an address that is no more their user's are good for nothing. */
export function addressChangedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'mfa.address-changed',
    queue: 'mfa.events',
    types: [eventTypeOf(UserEmailChangedSchema), eventTypeOf(UserPhoneChangedSchema)],
    facts: toChange,
    work: forgetCodes,
  });
}

function toChange({ type, data }: CloudEvent) {
  const isPhone = type === eventTypeOf(UserPhoneChangedSchema);
  const { userId, changedAt } = decodeEvent(isPhone ? UserPhoneChangedSchema : UserEmailChangedSchema, data);
  return { userId, type: isPhone ? 'sms' : 'email', changedAt: changedAt && timestampDate(changedAt) };
}
