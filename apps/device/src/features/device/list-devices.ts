import { readerOf } from '@bank/database';
import { type Actor, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { DevicePage, type DeviceView } from '#features/device/schemas.ts';
import { toDeviceView } from '#features/device/view.ts';

/** The signed-in user's devices, the latest registered first. @throws auth.token.missing, request.invalid */
export async function listDevices(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<DeviceView>> {
  const user = requireUser(actor);
  const { limit, cursor } = parse(DevicePage, input);
  const list = `devices:${user.userId}`;
  const after = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, list)['id']);
  const devices = await readerOf(ctx).deviceNames.list(user.userId, { after, limit: limit + 1 });
  const views = devices.map((device) => toDeviceView(device, user.deviceId));
  return pageOf(views, limit, (last) => ctx.cursors.encode({ id: last.id }, list));
}
