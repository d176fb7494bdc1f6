import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';

const name = 'profile.user-activated';

/** Every activated user gets a profile, once. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'profile.events',
    types: [eventTypeOf(UserActivatedSchema)],
    async handle(message) {
      const { userId } = decodeEvent(UserActivatedSchema, message.data);
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => createProfile(tx, userId));
    },
  };
}
