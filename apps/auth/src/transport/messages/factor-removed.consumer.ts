import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorRemovedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endAfterReset } from '#features/standing/end-after-reset.ts';

/** When staff have removed a user's factors, what was opened with them ends. Who removes their own keeps their sessions. */
export function factorRemovedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.factor-removed',
    queue: 'auth.events',
    types: [eventTypeOf(FactorRemovedSchema)],
    facts: toRemoval,
    work: async (tx, { removedByStaff, ...reset }) => {
      if (removedByStaff) await endAfterReset(tx, reset);
    },
  });
}

function toRemoval({ data }: CloudEvent) {
  const { userId, removedByStaff, removedAt } = decodeEvent(FactorRemovedSchema, data);
  return { userId, removedByStaff, removedAt: removedAt && timestampDate(removedAt) };
}
