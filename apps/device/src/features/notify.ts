import type { UserId } from '@bank/domain';
import type { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';

const noticeSeconds = 86_400;

/** Writes to a user about something that happened to his devices (SR-20). Old news after a day. */
export async function notify(tx: AppTransaction, userId: UserId, message: ReturnType<typeof messageOf>): Promise<void> {
  const expiresAt = new Date(tx.clock.now().getTime() + noticeSeconds * 1000);
  await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
}

/** What a message calls a device: its model, where the client said one. */
export function calledIn(device: { readonly model: string }): { device?: string } {
  return device.model === '' ? {} : { device: device.model };
}
