import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { noteActivation } from '#features/user/note-activation.ts';
import { userProjection } from '#transport/messages/user-projection.ts';

/** Every activated user joins the projection. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return userProjection(ctx, {
    name: 'admin.user-activated',
    type: eventTypeOf(UserActivatedSchema),
    note(tx, message) {
      const { userId, roles, activatedAt } = decodeEvent(UserActivatedSchema, message.data);
      return noteActivation(tx, { userId, roles, activatedAt: activatedAt && timestampDate(activatedAt) });
    },
  });
}
