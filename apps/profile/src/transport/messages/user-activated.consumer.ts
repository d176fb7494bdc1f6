import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';
import { createSettings } from '#features/settings/create-settings.ts';

const name = 'profile.user-activated';

/** Every activated user gets a profile and settings, once. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'profile.events',
    types: [eventTypeOf(UserActivatedSchema)],
    async handle(message) {
      const { userId, locale } = decodeEvent(UserActivatedSchema, message.data);
      await onceAbout(ctx, name, { id: message.id, userId }, async (tx) => {
        await createProfile(tx, userId);
        await createSettings(tx, { userId, locale });
      });
    },
  };
}
