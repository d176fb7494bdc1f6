import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorRemovedSchema, FactorsResetSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endAfterReset } from '#features/standing/end-after-reset.ts';
import { forgetApprovals } from '#features/transaction/forget-approvals.ts';

const factorsReset = eventTypeOf(FactorsResetSchema);

/**
 * When staff have removed a user's factors, what was opened with them ends. Who removes their own keeps their sessions, and executes nothing any more that it has approved (SR-63). A mfa of
 * the release before tells of each factor alone.
 */
export function factorRemovedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.factor-removed',
    queue: 'auth.events',
    types: [eventTypeOf(FactorRemovedSchema), factorsReset],
    facts: toRemoval,
    work: async (tx, { byStaff, factorId, ...reset }) => {
      if (factorId !== '') await forgetApprovals(tx, { userId: reset.userId, factorId });
      if (byStaff) await endAfterReset(tx, reset);
    },
  });
}

function toRemoval({ type, data }: CloudEvent) {
  if (type === factorsReset) {
    const { userId, byStaff, resetAt } = decodeEvent(FactorsResetSchema, data);
    return { userId, byStaff, factorId: '', removedAt: resetAt && timestampDate(resetAt) };
  }
  const { userId, factorId, removedByStaff: byStaff, removedAt } = decodeEvent(FactorRemovedSchema, data);
  return { userId, byStaff, factorId, removedAt: removedAt && timestampDate(removedAt) };
}
