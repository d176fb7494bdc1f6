import { userStateOf } from '@bank/composition';
import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserStatusChangedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { noteStatus } from '#features/user/note-status.ts';

const name = 'admin.user-status-changed';

/** The projection follows a user through the state machine. */
export function userStatusChangedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'admin.events',
    types: [eventTypeOf(UserStatusChangedSchema)],
    async handle(message) {
      const { userId, to, version } = decodeEvent(UserStatusChangedSchema, message.data);
      const change = { userId, status: userStateOf(to), version: Number(version) };
      await once(ctx, name, message.id, (tx) => noteStatus(tx, change));
    },
  };
}
