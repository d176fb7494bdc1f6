import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { deviceKeyRemoved } from '#events.ts';
import { CredentialChange } from '#features/device/schemas.ts';

/**
 * Removes the keys of all devices of a user whose password was reset or whose second factors staff have removed, but not
 * those bound since then: the older ones may have been bound by somebody else. A change for which the user has proved
 * the older password or factor leaves the keys as they are. @throws request.invalid
 */
export async function forgetKeys(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, cause, changedAt, isReset } = parse(CredentialChange, input);
  if (!isReset) return;
  await withTransaction(ctx, { who: allow.system('forget-keys'), audits: ['device.key.removed'] }, async (tx) => {
    await tx.devices.lockOf(userId);
    const at = tx.clock.now();
    const deviceIds = await tx.deviceKeys.removeAll(userId, changedAt);
    for (const deviceId of deviceIds) {
      await tx.emit(deviceKeyRemoved({ userId, deviceId, reason: 'credentials_reset', at }));
      const details = { deviceId };
      await tx.audit({ action: 'device.key.removed', subject: userId, outcome: 'success', reason: cause, details });
    }
    if (deviceIds.length > 0) await notify(tx, userId, messageOf('device-key-removed', { at }));
  });
}
