import { readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { toViewedDevice, type ViewedDevice } from '#features/device/view.ts';

/** One of the signed-in user's devices. @throws auth.token.missing, request.invalid, device.not_found (missing, removed and foreign alike) */
export async function getDevice(ctx: AppContext, actor: Actor, params: unknown): Promise<ViewedDevice> {
  const user = requireUser(actor);
  const device = await readerOf(ctx).deviceNames.find(user.userId, parse(DeviceParams, params).id);
  if (device === undefined) throw new DomainError('device.not_found');
  return toViewedDevice(device, user.deviceId);
}
