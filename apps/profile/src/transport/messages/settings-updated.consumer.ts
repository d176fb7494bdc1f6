import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, SettingsUpdatedSchema } from '@bank/proto/events';
import { timestampDate, timestampNow } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { refreshSettings } from '#features/settings/refresh-settings.ts';

/** What this service itself tells: the cache has the newest settings soon, whichever process wrote them. Again does no harm. */
export function settingsUpdatedConsumer(ctx: AppContext): Consumer {
  return {
    name: 'profile.settings-updated',
    queue: 'profile.events',
    types: [eventTypeOf(SettingsUpdatedSchema)],
    async handle(message) {
      const { userId, updatedAt = timestampNow() } = decodeEvent(SettingsUpdatedSchema, message.data);
      await refreshSettings(ctx, { userId, changedAt: timestampDate(updatedAt) });
    },
  };
}
