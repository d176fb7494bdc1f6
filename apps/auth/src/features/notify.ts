import type { UserId } from '@bank/domain';
import type { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';

const daySeconds = 86_400;

/** Writes to a user about something that happened to his account (SR-20). Old news after a day, unless it is said to keep. */
export async function notify(
  tx: AppTransaction,
  userId: UserId,
  message: ReturnType<typeof messageOf>,
  { keptDays = 1 }: { keptDays?: number } = {},
): Promise<void> {
  const expiresAt = new Date(tx.clock.now().getTime() + keptDays * daySeconds * 1000);
  await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
}
