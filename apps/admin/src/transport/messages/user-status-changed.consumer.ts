import { userStateOf } from '@bank/composition';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserStatusChangedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { noteStatus } from '#features/user/note-status.ts';
import { userProjection } from '#transport/messages/user-projection.ts';

/** The projection follows a user through the state machine. */
export function userStatusChangedConsumer(ctx: AppContext): Consumer {
  return userProjection(ctx, {
    name: 'admin.user-status-changed',
    type: eventTypeOf(UserStatusChangedSchema),
    note(tx, message) {
      const { userId, to, version } = decodeEvent(UserStatusChangedSchema, message.data);
      return noteStatus(tx, { userId, status: userStateOf(to), version: Number(version) });
    },
  });
}
