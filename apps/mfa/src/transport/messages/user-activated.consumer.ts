import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, UserActivatedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { admitSubject } from '#features/factor/admit-subject.ts';

const name = 'mfa.user-activated';

/** Every activated user may enrol factors. */
export function userActivatedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'mfa.events',
    types: [eventTypeOf(UserActivatedSchema)],
    async handle(message) {
      const { userId, activatedAt } = decodeEvent(UserActivatedSchema, message.data);
      const activation = { userId, activatedAt: activatedAt && timestampDate(activatedAt) };
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => admitSubject(tx, activation));
    },
  };
}
