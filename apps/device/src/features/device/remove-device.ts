import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { announceRemoval } from '#features/device/announce-removal.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { calledIn, notify } from '#features/notify.ts';

/**
 * Removes one of the signed-in user's devices, if it still has the version he saw. First auth ends its sessions in his
 * name, so nothing changes while auth is away; once it is removed, auth also forgets its secret by the event. A removed
 * device never comes back: who signs in on it again has a new one.
 * @throws auth.token.missing, auth.token.invalid, request.invalid, device.not_found, request.precondition_failed,
 * service.unavailable
 */
export async function removeDevice(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<void> {
  const { userId } = requireUser(actor);
  const { id } = parse(DeviceParams, input.params);
  const { version } = input;
  const access = { who: allow.self(actor, userId), audits: ['device.removed'] } as const;
  const found = await readerOf(ctx).devices.find(userId, id);
  if (found === undefined || found.removedAt !== null) throw new DomainError('device.not_found');
  if (found.version !== version) throw new DomainError('request.precondition_failed');
  await ctx.sessions.endOn(userId, id);
  await withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId);
    const at = tx.clock.now();
    const [device] = await tx.devices.remove(userId, [id], { at, version });
    if (device === undefined) throw new DomainError('request.precondition_failed', { reason: 'changed meanwhile' });
    await announceRemoval(tx, device, { reason: 'user', at });
    await notify(tx, userId, messageOf('device-removed', { at, ...calledIn(device) }));
  });
}
