import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorRemovedSchema, FactorsResetSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endAfterReset } from '#features/standing/end-after-reset.ts';

const factorsReset = eventTypeOf(FactorsResetSchema);

/**
 * When staff have removed a user's factors, what was opened with them ends. Who removes their own keeps their sessions. A mfa of
 * the release before tells of each factor alone.
 */
export function factorRemovedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.factor-removed',
    queue: 'auth.events',
    types: [eventTypeOf(FactorRemovedSchema), factorsReset],
    facts: toRemoval,
    work: async (tx, { byStaff, ...reset }) => {
      if (byStaff) await endAfterReset(tx, reset);
    },
  });
}

function toRemoval({ type, data }: CloudEvent) {
  if (type === factorsReset) {
    const { userId, byStaff, resetAt } = decodeEvent(FactorsResetSchema, data);
    return { userId, byStaff, removedAt: resetAt && timestampDate(resetAt) };
  }
  const { userId, removedByStaff: byStaff, removedAt } = decodeEvent(FactorRemovedSchema, data);
  return { userId, byStaff, removedAt: removedAt && timestampDate(removedAt) };
}
