import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { missingDevice } from '#features/device/missing-device.ts';
import { DeviceParams, DevicePatch } from '#features/device/schemas.ts';
import { toViewedDevice, type ViewedDevice } from '#features/device/view.ts';

/**
 * Gives one of the signed-in user's devices a name, or takes it away, if the device still has the version the user saw. A patch
 * that changes nothing leaves the version as it is and tells nobody. The ledger hears that it was renamed, never the name.
 * @throws auth.token.missing, request.invalid, device.not_found, service.unavailable, request.precondition_failed
 */
export async function renameDevice(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number; patch: unknown },
): Promise<ViewedDevice> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id } = parse(DeviceParams, input.params);
  const { name } = parse(DevicePatch, input.patch);
  const access = { who: allow.self(actor, userId), audits: ['device.renamed'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    const device = await tx.deviceNames.find(userId, id);
    if (device === undefined) throw await missingDevice(tx, user, id);
    if (device.version !== input.version) throw new DomainError('request.precondition_failed');
    if (name === undefined || name === device.name) return toViewedDevice(device, user.deviceId);
    const version = await tx.deviceNames.rename(userId, id, { name, version: input.version });
    if (version === undefined) throw new DomainError('request.precondition_failed');
    await tx.audit({ action: 'device.renamed', subject: userId, outcome: 'success', details: { deviceId: id } });
    return toViewedDevice({ ...device, name, version }, user.deviceId);
  });
}
