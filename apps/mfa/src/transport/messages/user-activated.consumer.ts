import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { admitSubject } from '#features/factor/admit-subject.ts';

/** Every activated user may enrol factors. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'mfa.user-activated',
    queue: 'mfa.events',
    types: [eventTypeOf(UserActivatedSchema)],
    facts: toActivation,
    work: admitSubject,
  });
}

function toActivation({ data }: CloudEvent) {
  const { userId, activatedAt } = decodeEvent(UserActivatedSchema, data);
  return { userId, activatedAt: activatedAt && timestampDate(activatedAt) };
}
