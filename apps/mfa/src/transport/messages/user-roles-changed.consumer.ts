import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserRolesChangedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { beginAsStaff } from '#features/factor/begin-as-staff.ts';

/** A customer who becomes a member of staff begins without what they enrolled before. */
export function userRolesChangedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'mfa.user-roles-changed',
    queue: 'mfa.events',
    types: [eventTypeOf(UserRolesChangedSchema)],
    facts: toChange,
    work: beginAsStaff,
  });
}

function toChange({ data }: CloudEvent) {
  const { userId, from, to, changedAt } = decodeEvent(UserRolesChangedSchema, data);
  return { userId, from, to, changedAt: changedAt && timestampDate(changedAt) };
}
