import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireMayActOn, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { announceRemoval } from '#features/device/announce-removal.ts';
import { calledIn } from '#features/device/called-in.ts';
import { Revocation } from '#features/device/schemas.ts';

/**
 * Removes a device of a user for staff who stand above the user, and who say why in a note; auth ends its sessions by
 * the event. Removing what is removed changes nothing.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, device.not_found,
 * service.unavailable
 */
export async function revokeDevice(ctx: AppContext, actor: Actor, input: unknown): Promise<void> {
  const access = { who: allow.permission(actor, 'users.sign_out'), audits: ['device.removed'] } as const;
  const { userId, deviceId, noteId } = parse(Revocation, input);
  const target = await ctx.users.standingOf(userId);
  if (target === undefined) throw new DomainError('device.not_found', { reason: 'no such user' });
  requireMayActOn(requireUser(actor), target); // to sign somebody out by their devices is to act on them (SR-72)
  await withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId);
    if ((await tx.devices.find(userId, deviceId)) === undefined) throw new DomainError('device.not_found');
    const at = tx.clock.now();
    const [device] = await tx.devices.remove(userId, [deviceId], { at });
    if (device === undefined) return;
    await announceRemoval(tx, device, { reason: 'staff', at, noteId });
    await notify(tx, userId, messageOf('device-removed', { at, ...calledIn(device) }));
  });
}
