import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { deviceTrusted, deviceUntrusted } from '#events.ts';
import { calledIn } from '#features/device/called-in.ts';
import { missingDevice, untilRegistered } from '#features/device/missing-device.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { toViewedDevice, type ViewedDevice } from '#features/device/view.ts';
import type { Device } from '#storage/device.entity.ts';

/**
 * Makes one of the signed-in user's devices a trusted one, or an ordinary one again. Trusting it again begins the trust anew:
 * auth counts its days from then on, and a change of credentials before then ends it no longer, however late it is heard of.
 * What is an ordinary one stays so, and nobody is told. The routes demand a fresh second factor (SR-62); trust, which stands for a
 * factor, is given only at the level that the user's factors give (SR-31).
 * @throws auth.token.missing, request.invalid, auth.step_up.required, device.not_found, service.unavailable
 */
export async function trustDevice(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; isTrusted: boolean },
): Promise<ViewedDevice> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id } = parse(DeviceParams, input.params);
  await untilRegistered(ctx, user, id);
  const access = { who: allow.self(actor, userId), audits: ['device.trusted', 'device.untrusted'] } as const;
  // Taken before mfa judges: a trust that a reset of the factors overtakes is older than it, and ends (SR-35).
  const at = ctx.clock.now();
  if (input.isTrusted) await ctx.factorRule.requireMet();
  return withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId); // whether a trusted device falls to the limit is decided before or after, not meanwhile
    const { devices } = tx;
    const changed = await (input.isTrusted ? devices.trust(userId, id, at) : devices.untrust(userId, id));
    if (changed !== undefined) await announceTrust(tx, changed, at);
    const device = await tx.deviceNames.find(userId, id);
    if (device === undefined) throw await missingDevice(tx, user, id);
    return toViewedDevice(device, user.deviceId);
  });
}

async function announceTrust(tx: AppTransaction, device: Device, at: Date): Promise<void> {
  const { id: deviceId, userId, trustedAt } = device;
  const isTrusted = trustedAt !== null;
  const facts = { userId, deviceId, at };
  const details = { deviceId };
  await tx.emit(isTrusted ? deviceTrusted(facts) : deviceUntrusted(facts));
  const action = isTrusted ? 'device.trusted' : 'device.untrusted';
  await tx.audit({ action, subject: userId, outcome: 'success', details });
  const template = isTrusted ? 'device-trusted' : 'device-untrusted';
  await notify(tx, userId, messageOf(template, { at, ...calledIn(device) }));
}
