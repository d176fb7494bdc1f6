import type { AppTransaction } from '#context.ts';
import { deviceRemoved, type RemovalReason } from '#events.ts';
import type { Device } from '#storage/device.entity.ts';

/**
 * Tells that a device was removed: auth ends what sessions of it are left and forgets its secret (SR-46), and the ledger
 * hears who did it and why.
 */
export async function announceRemoval(
  tx: AppTransaction,
  device: Device,
  { reason, at, noteId }: { reason: RemovalReason; at: Date; noteId?: string },
): Promise<void> {
  const { id: deviceId, userId } = device;
  await tx.emit(deviceRemoved({ userId, deviceId, reason, at }));
  const details = { deviceId, ...(noteId !== undefined && { noteId }) };
  await tx.audit({ action: 'device.removed', subject: userId, outcome: 'success', reason, details });
}
