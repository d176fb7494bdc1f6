import { onceEach } from '@bank/database';
import { type CloudEvent, type Consumer, inBatches } from '@bank/messaging';
import type { AppContext } from '#context.ts';

/**
 * A consumer that keeps the projection of users up to date: what waits is noted together, each message once. Users come in one
 * order, so that two batches that tell of the same ones cannot deadlock; versions decide about what is told of one user.
 */
export function userProjection(
  ctx: AppContext,
  { name, type, note }: { name: string; type: string; note: (tx: AppContext, message: CloudEvent) => Promise<void> },
): Consumer {
  return inBatches({
    name,
    queue: 'admin.events',
    types: [type],
    async handleBatch(messages) {
      const byUser = messages.toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
      const ids = byUser.map(({ id }) => id);
      const applied = await onceEach(ctx, name, ids, (tx, fresh) =>
        // One after the other, in one round trip.
        Promise.all(byUser.filter(({ id }) => fresh.has(id)).map(async (message) => note(tx, message))),
      );
      return messages.map(({ id }) => ({ applied: applied.has(id) }));
    },
  });
}
