import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { noteActivation } from '#features/user/note-activation.ts';

const name = 'admin.user-activated';

/** Every activated user joins the projection. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'admin.events',
    types: [eventTypeOf(UserActivatedSchema)],
    async handle(message) {
      const { userId, roles, activatedAt } = decodeEvent(UserActivatedSchema, message.data);
      const activation = { userId, roles, activatedAt: activatedAt && timestampDate(activatedAt) };
      await once(ctx, name, message.id, (tx) => noteActivation(tx, activation));
    },
  };
}
