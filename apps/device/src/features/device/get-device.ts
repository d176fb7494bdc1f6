import { readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser, UuidSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { DeviceView } from '#features/device/schemas.ts';
import { toDeviceView } from '#features/device/view.ts';

/** One of the signed-in user's devices. @throws auth.token.missing, device.not_found (missing, removed and foreign alike) */
export async function getDevice(ctx: AppContext, actor: Actor, id: unknown): Promise<DeviceView> {
  const user = requireUser(actor);
  const device = await readerOf(ctx).devices.find(user.userId, parse(UuidSchema, id));
  if (device === undefined || device.removedAt !== null) throw new DomainError('device.not_found');
  return toDeviceView(device, user.deviceId);
}
