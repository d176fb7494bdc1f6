import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { deviceKeyRemoved } from '#events.ts';
import { calledIn } from '#features/device/called-in.ts';
import { missingDevice } from '#features/device/missing-device.ts';
import { DeviceParams } from '#features/device/schemas.ts';

/**
 * Removes the key of one of the signed-in user's devices, from whichever of them the user asks, if the device still has the
 * version that the user saw. What it was asked to approve cannot be approved any more. Gives the version that the device has then. The route demands a fresh second
 * factor (SR-31, SR-62).
 * @throws auth.token.missing, request.invalid, device.not_found, service.unavailable, device.key.not_found, request.precondition_failed
 */
export async function removeKey(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<{ readonly version: number }> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id: deviceId } = parse(DeviceParams, input.params);
  const access = { who: allow.self(actor, userId), audits: ['device.key.removed'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId);
    const device = await tx.devices.find(userId, deviceId);
    if (device === undefined || device.removedAt !== null) throw await missingDevice(tx, user, deviceId);
    const version = await tx.devices.raiseVersion(userId, deviceId, input.version);
    if (version === undefined) throw new DomainError('request.precondition_failed');
    if (!(await tx.deviceKeys.remove(userId, deviceId))) throw new DomainError('device.key.not_found');
    const at = tx.clock.now();
    await tx.emit(deviceKeyRemoved({ userId, deviceId, reason: 'user', at }));
    const details = { deviceId };
    await tx.audit({ action: 'device.key.removed', subject: userId, outcome: 'success', reason: 'user', details });
    await notify(tx, userId, messageOf('device-key-removed', { at, ...calledIn(device) }));
    return { version };
  });
}
