import { notify } from '@bank/composition';
import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireStepUp, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { announceRemoval } from '#features/device/announce-removal.ts';
import { calledIn } from '#features/device/called-in.ts';
import { missingDevice } from '#features/device/missing-device.ts';
import { freshSeconds, isPrecious } from '#features/device/policies.ts';
import { DeviceParams } from '#features/device/schemas.ts';

/**
 * Removes one of the signed-in user's devices, if it still has the version the user saw. By the event auth ends its sessions and
 * forgets its secret, for certain; it is asked to end them at once as well, after the commit, so that nothing is ever half
 * done: a phone that was stolen is gone from the list while auth is away, too. A removed device never comes back: who signs in
 * on it again has a new one. What is trusted or has a key goes by a fresh second factor alone, as its trust and key do by
 * themselves (SR-31, SR-62).
 * @throws auth.token.missing, request.invalid, device.not_found, service.unavailable, request.precondition_failed, auth.step_up.required
 */
export async function removeDevice(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<void> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id } = parse(DeviceParams, input.params);
  const { version } = input;
  const access = { who: allow.self(actor, userId), audits: ['device.removed'] } as const;
  const { devices, deviceKeys } = readerOf(ctx);
  const found = await devices.find(userId, id);
  if (found === undefined || found.removedAt !== null) throw await missingDevice({ devices }, user, id);
  if (found.version !== version) throw new DomainError('request.precondition_failed');
  // Read after the version, which rises with every trust and key: what comes meanwhile fails the removal below.
  const hasKey = (await deviceKeys.find(userId, id)) !== undefined;
  const fresh = { acr: 'aal2', maxAgeSeconds: freshSeconds } as const;
  if (isPrecious({ ...found, hasKey })) requireStepUp(user, fresh, ctx.clock.now());
  await withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId);
    const at = tx.clock.now();
    const [device] = await tx.devices.remove(userId, [id], { at, version });
    if (device === undefined) throw new DomainError('request.precondition_failed', { reason: 'changed meanwhile' });
    await announceRemoval(tx, device, { reason: 'user', at });
    await notify(tx, userId, messageOf('device-removed', { at, ...calledIn(device) }));
  });
  await ctx.sessions.endOn(userId, id);
}
