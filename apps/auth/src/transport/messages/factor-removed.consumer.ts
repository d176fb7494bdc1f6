import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorRemovedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endAfterReset } from '#features/standing/end-after-reset.ts';

const name = 'auth.factor-removed';

/** When staff have removed a user's factors, what was opened with them ends: once a message. Who removes his own keeps his sessions. */
export function factorRemovedConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'auth.events',
    types: [eventTypeOf(FactorRemovedSchema)],
    async handle(message) {
      const { userId, removedByStaff, removedAt } = decodeEvent(FactorRemovedSchema, message.data);
      if (!removedByStaff) return;
      const reset = { userId, removedAt: removedAt && timestampDate(removedAt) };
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => endAfterReset(tx, reset));
    },
  };
}
