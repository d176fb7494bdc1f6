import type { Delivery, Transaction } from '@bank/database';
import type { Clock, UserId } from '@bank/domain';

const dayMs = 86_400_000;

/**
 * Writes to a user about something that happened to their account (SR-20), by mail unless the message is a text. News of `since`,
 * which is now unless said, and old after a day unless it is said to keep.
 */
export async function notify(
  tx: Pick<Transaction, 'deliver'> & { readonly clock: Clock },
  userId: UserId,
  message: Pick<Delivery, 'template' | 'params'> & Partial<Pick<Delivery, 'channel'>>,
  { keptDays = 1, since = tx.clock.now() }: { readonly keptDays?: number; readonly since?: Date } = {},
): Promise<void> {
  const expiresAt = new Date(since.getTime() + keptDays * dayMs);
  await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
}
