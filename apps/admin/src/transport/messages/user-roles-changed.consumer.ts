import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserRolesChangedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { noteRoles } from '#features/user/note-roles.ts';
import { userProjection } from '#transport/messages/user-projection.ts';

/** The projection knows which roles a user holds. */
export function userRolesChangedConsumer(ctx: AppContext): Consumer {
  return userProjection(ctx, {
    name: 'admin.user-roles-changed',
    type: eventTypeOf(UserRolesChangedSchema),
    note(tx, message) {
      const { userId, to, version } = decodeEvent(UserRolesChangedSchema, message.data);
      return noteRoles(tx, { userId, roles: to, version: Number(version) });
    },
  });
}
