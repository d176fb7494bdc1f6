import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserRegisteredSchema } from '@bank/proto/events';
import { timestampDate, timestampNow } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { recordAcceptedTerms } from '#features/consent/record-accepted-terms.ts';

const name = 'profile.user-registered';

/** What a user agreed to when he registered is his first consent. */
export function userRegisteredConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'profile.events',
    types: [eventTypeOf(UserRegisteredSchema)],
    async handle(message) {
      const { userId, acceptedTerms, registeredAt = timestampNow() } = decodeEvent(UserRegisteredSchema, message.data);
      const accepted = { userId, version: acceptedTerms, at: timestampDate(registeredAt) };
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => recordAcceptedTerms(tx, accepted));
    },
  };
}
