import { openDelivery, withTransaction } from '@bank/database';
import { allow, type JsonValue, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { DeliveryChannel } from '#storage/deliveries/delivery.repository.ts';

/** A delivery as it came over the broker. `id` is the outbox row's: its seals open under no other. */
export interface IncomingDelivery {
  id: string;
  data: JsonValue;
}

/**
 * Takes over a message to a person, and tells its channel; one to somebody who was erased meanwhile is dropped. It stays sealed
 * as it came until it is sent. @throws SealBroken, Error when it is not a delivery: the broker keeps it as a dead letter
 */
export async function acceptDelivery(ctx: AppContext, { id, data }: IncomingDelivery): Promise<DeliveryChannel> {
  const { to, channel, template, expiresAt } = openDelivery(ctx.keys.delivery, id, data);
  const userId = 'userId' in to ? (to.userId as UserId) : null;
  const who = allow.system('deliveries');
  const unaudited = 'a message is taken over: the ledger gets how it ends';
  await withTransaction(ctx, { who, unaudited }, async (tx) => {
    if (userId !== null && !(await tx.holdUser(userId))) return;
    await tx.deliveries.insert({ id, userId, content: data, channel, template, expiresAt, at: tx.clock.now() });
  });
  return channel;
}
