import type { UserId } from '@bank/domain';
import { mintToken, readToken, sameBytes } from '@bank/security';
import type { AppTransaction, ReadContext } from '#context.ts';
import type { DeviceInput } from '#features/session/schemas.ts';
import { deviceSecretPrefix } from '#features/session/tokens.ts';
import type { Device } from '#storage/sessions/device.repository.ts';

/** What a request says about its device: the description, and the secret from the body or the cookie. */
export interface PresentedDevice {
  input: DeviceInput | undefined;
  secret: string | undefined;
}

/**
 * The device of this user whose secret was presented, or undefined. A secret is good for the user it was given to and for
 * nobody else, so that two people of one browser do not vouch for each other.
 */
export async function findDevice(
  ctx: ReadContext,
  userId: UserId | string,
  secret: string | undefined,
): Promise<Device | undefined> {
  const read = secret === undefined ? undefined : readToken(deviceSecretPrefix, secret);
  if (read === undefined) return undefined;
  const device = await ctx.devices.find(userId, read.id);
  return device !== undefined && sameBytes(device.secretDigest, read.digest) ? device : undefined;
}

/** Notes the use of the presented device, or makes a new one with a 256-bit secret when none that is valid was presented. */
export async function rememberDevice(
  tx: AppTransaction,
  userId: UserId,
  presented: PresentedDevice,
  becomesKnown: boolean,
): Promise<{ id: string; secret?: string; isNew: boolean }> {
  const now = tx.clock.now();
  const knownAt = becomesKnown ? now : null;
  const read = presented.secret === undefined ? undefined : readToken(deviceSecretPrefix, presented.secret);
  if (
    read !== undefined &&
    (await tx.devices.touch({ userId, id: read.id, secretDigest: read.digest, at: now, knownAt }))
  ) {
    return { id: read.id, isNew: false };
  }
  const id = tx.ids.next();
  const { token, digest } = mintToken(deviceSecretPrefix, id);
  await tx.devices.insert({ userId, id, secretDigest: digest, at: now, knownAt });
  return { id, secret: token, isNew: true };
}
