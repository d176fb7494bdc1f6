import { destinationOf, type UserId } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppContext } from '#context.ts';
import { type Address, hashAddress } from '#features/address/index-address.ts';
import { countKeptBack } from '#features/delivery/count-kept-back.ts';
import { type CountedMessage, limitsOf, type MessageLimit } from '#features/delivery/policies.ts';
import { purposeOf } from '#features/delivery/purposes.ts';

/** A message as its limits see it. */
export function countedMessage(ctx: AppContext, address: Address, { userId, template }: Message): CountedMessage {
  return {
    channel: address.kind === 'email' ? 'email' : 'sms',
    target: Buffer.from(hashAddress(ctx, address)).toString('hex'),
    user: userId === null ? undefined : Buffer.from(keyedHash(ctx.keys.limits, 'message-user', userId)).toString('hex'),
    destination: address.kind === 'phone' ? destinationOf(address.value) : undefined,
    purpose: purposeOf(template),
  };
}

interface Message {
  userId: UserId | null;
  template: string;
}

/**
 * Counts a message that is about to be sent, and names the limit that keeps it back, if one does. Whoever asked for it learns
 * nothing of that (SR-18).
 */
export async function findLimitReached(
  ctx: AppContext,
  address: Address,
  { userId, template }: Message,
): Promise<MessageLimit['name'] | undefined> {
  const counted = countedMessage(ctx, address, { userId, template });
  for (const { name, key, points, windowSeconds } of limitsOf(counted, ctx.config)) {
    const { allowed } = await ctx.rateLimits.consume(key, { points, windowSeconds });
    if (allowed) continue;
    countKeptBack(ctx, counted.channel, name);
    return name;
  }
  return undefined;
}
