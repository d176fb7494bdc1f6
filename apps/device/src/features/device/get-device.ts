import { readerOf } from '@bank/database';
import { type Actor, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { missingDevice, untilRegistered } from '#features/device/missing-device.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { toViewedDevice, type ViewedDevice } from '#features/device/view.ts';

/** One of the signed-in user's devices. @throws auth.token.missing, request.invalid, device.not_found (missing, removed and foreign alike), service.unavailable */
export async function getDevice(ctx: AppContext, actor: Actor, params: unknown): Promise<ViewedDevice> {
  const user = requireUser(actor);
  const { id } = parse(DeviceParams, params);
  await untilRegistered(ctx, user, id);
  const device = await readerOf(ctx).deviceNames.find(user.userId, id);
  if (device === undefined) throw await missingDevice(readerOf(ctx), user, id);
  return toViewedDevice(device, user.deviceId);
}
