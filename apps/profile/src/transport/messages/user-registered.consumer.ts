import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserRegisteredSchema } from '@bank/proto/events';
import { timestampDate, timestampNow } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { recordAcceptedTerms } from '#features/consent/record-accepted-terms.ts';

/** What a user agreed to when registering is the user's first consent. */
export function userRegisteredConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'profile.user-registered',
    queue: 'profile.events',
    types: [eventTypeOf(UserRegisteredSchema)],
    facts: toAcceptedTerms,
    work: recordAcceptedTerms,
  });
}

function toAcceptedTerms({ data }: CloudEvent) {
  const { userId, acceptedTerms, registeredAt = timestampNow() } = decodeEvent(UserRegisteredSchema, data);
  return { userId, version: acceptedTerms, at: timestampDate(registeredAt) };
}
