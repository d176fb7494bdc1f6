import { withTransaction } from '@bank/database';
import { type Actor, allow, parse } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { StaffDevicePage } from '#features/device/schemas.ts';
import { type StaffDevice, toStaffDevice } from '#features/device/view.ts';

/**
 * A user's devices for staff, the latest registered first and without the names the user gave them; the ledger is told, or
 * nothing is shown.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function listDevicesOf(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<StaffDevice>> {
  const access = { who: allow.permission(actor, 'users.read'), audits: ['device.read'] } as const;
  const { userId, limit, cursor } = parse(StaffDevicePage, input);
  const list = `devices-of:${userId}`;
  const after = cursor === '' ? undefined : String(ctx.cursors.decode(cursor, list)['id']);
  return withTransaction(ctx, access, async (tx) => {
    const devices = await tx.devices.list(userId, { after, limit: limit + 1 });
    const next = (last: StaffDevice) => ctx.cursors.encode({ id: last.deviceId }, list);
    const page = pageOf(devices.map(toStaffDevice), limit, next);
    await tx.audit({
      action: 'device.read',
      subject: userId,
      outcome: 'success',
      details: { count: page.items.length },
    });
    return page;
  });
}
