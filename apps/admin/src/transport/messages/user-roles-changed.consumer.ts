import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserRolesChangedSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { noteRoles } from '#features/user/note-roles.ts';

const name = 'admin.user-roles-changed';

/** The projection knows which roles a user holds. */
export function userRolesChangedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'admin.events',
    types: [eventTypeOf(UserRolesChangedSchema)],
    async handle(message) {
      const { userId, to, version } = decodeEvent(UserRolesChangedSchema, message.data);
      await once(ctx, name, message.id, (tx) => noteRoles(tx, { userId, roles: to, version: Number(version) }));
    },
  };
}
