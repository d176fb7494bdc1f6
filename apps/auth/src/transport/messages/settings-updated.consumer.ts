import { once } from '@bank/database';
import { DomainError } from '@bank/domain';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, SettingsUpdatedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { adoptLanguage } from '#features/user/adopt-language.ts';
import { findLanguage } from '#features/user/find-language.ts';

const name = 'auth.settings-updated';

/** Whose language changed is written to in the new one. The event does not say it, so profile is asked, before the transaction. */
export function settingsUpdatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'auth.events',
    types: [eventTypeOf(SettingsUpdatedSchema)],
    async handle(message) {
      const { userId, changedFields, version } = decodeEvent(SettingsUpdatedSchema, message.data);
      if (!changedFields.includes('language')) return;
      const named = await findLanguage(ctx, userId);
      await once(ctx, name, message.id, async (tx) => {
        if (!(await tx.holdUser(named.userId))) return;
        // Profile answers from a cache that may not have heard yet: it will, or forget.
        if (named.version < version) throw new DomainError('service.unavailable', { reason: 'older settings' });
        await adoptLanguage(tx, named);
      });
    },
  };
}
