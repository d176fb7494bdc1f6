import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { deviceUntrusted } from '#events.ts';
import { CredentialChange } from '#features/device/schemas.ts';

/**
 * Ends the trust in all devices of a user whose password or factors have changed (SR-35), but not what the user trusted
 * since then. The user hears of the change itself. @throws request.invalid
 */
export async function endTrust(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, cause, changedAt } = parse(CredentialChange, input);
  await withTransaction(ctx, { who: allow.system('end-trust'), audits: ['device.untrusted'] }, async (tx) => {
    await tx.devices.lockOf(userId);
    const at = tx.clock.now();
    for (const { id: deviceId } of await tx.devices.endTrust(userId, changedAt)) {
      await tx.emit(deviceUntrusted({ userId, deviceId, at }));
      const details = { deviceId };
      await tx.audit({ action: 'device.untrusted', subject: userId, outcome: 'success', reason: cause, details });
    }
  });
}
