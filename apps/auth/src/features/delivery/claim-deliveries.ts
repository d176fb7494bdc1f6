import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { sendingLeaseMs } from '#features/delivery/policies.ts';
import type { DeliveryChannel, PendingDelivery } from '#storage/deliveries/delivery.repository.ts';

/** Takes up to so many messages of a channel that are due; no other replica gets them while the lease runs. */
export async function claimDeliveries(
  ctx: AppContext,
  channel: DeliveryChannel,
  limit: number,
): Promise<PendingDelivery[]> {
  const now = ctx.clock.now();
  const heldUntil = new Date(now.getTime() + sendingLeaseMs);
  const who = allow.system('deliveries');
  const unaudited = 'takes messages to send: the ledger gets how they end';
  return await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.deliveries.claimDue(channel, { now, heldUntil, limit }),
  );
}
