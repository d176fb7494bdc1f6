import { aboutUsers } from '@bank/composition';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';
import { createSettings } from '#features/settings/create-settings.ts';

/** Every activated user gets a profile and settings, once. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'profile.user-activated',
    queue: 'profile.events',
    types: [eventTypeOf(UserActivatedSchema)],
    facts: ({ data }) => decodeEvent(UserActivatedSchema, data),
    async work(tx, { userId, locale }) {
      await createProfile(tx, userId);
      await createSettings(tx, { userId, locale });
    },
  });
}
