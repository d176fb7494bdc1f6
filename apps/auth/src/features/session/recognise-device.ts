import type { UserId } from '@bank/domain';
import { clientNetwork } from '@bank/observability';
import { mintToken, type ReadToken, readToken, sameBytes } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import type { DeviceInput } from '#features/session/schemas.ts';
import { deviceSecretPrefix } from '#features/session/tokens.ts';
import type { Device } from '#storage/sessions/device.repository.ts';

/**
 * What a request says about its device: the description, and its secrets. A client that keeps secrets itself presents the one
 * of its user; a browser keeps those of all who sign in on it in one cookie, the newest first.
 */
export interface PresentedDevice {
  input: DeviceInput | undefined;
  secrets: readonly string[];
  /** Where it is, as far as anybody needs to know: an IPv4 /24 or an IPv6 /48. */
  network: string;
}

/** Between the secrets in the cookie. */
const separator = '~';

/** Of how many people a browser keeps the secrets: a household, not a library. */
const secretsMax = 5;

/** The device that a request presents, by its body or by the cookie. What has not the form of a secret is none. */
export function presentedDevice(
  { device: input }: { device?: DeviceInput | undefined },
  { cookies, clientAddress }: Pick<Caller, 'cookies' | 'clientAddress'>,
): PresentedDevice {
  const given = (input?.secret ?? cookies.deviceSecret ?? '').split(separator, secretsMax);
  const secrets = given.filter((secret) => readToken(deviceSecretPrefix, secret) !== undefined);
  return { input, secrets, network: clientNetwork(clientAddress) };
}

/** The cookie that holds a new secret beside those that the browser had: nobody becomes a stranger by another's sign-in. */
export function cookieOfSecrets(secret: string, others: readonly string[]): string {
  return [secret, ...others].slice(0, secretsMax).join(separator);
}

/** What is compared of each. */
export function readSecrets({ secrets }: Pick<PresentedDevice, 'secrets'>): ReadToken[] {
  return secrets.map((secret) => readToken(deviceSecretPrefix, secret)).filter((read) => read !== undefined);
}

/** The ids that the presented secrets name. */
export function presentedIds(presented: Pick<PresentedDevice, 'secrets'>): string[] {
  return readSecrets(presented).map(({ id }) => id);
}

/**
 * The id of the one of a user's devices that they are known by and one of whose secrets was presented, or undefined. A secret is
 * good for the user it was given to and for nobody else, so that two people of one browser do not vouch for each other.
 */
export function knownAmong(
  devices: readonly Device[],
  presented: Pick<PresentedDevice, 'secrets'>,
): string | undefined {
  for (const { id, digest } of readSecrets(presented)) {
    const device = devices.find((one) => one.id === id);
    if (device !== undefined && sameBytes(device.secretDigest, digest)) return device.knownAt === null ? undefined : id;
  }
  return undefined;
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
  for (const { id, digest } of readSecrets(presented)) {
    const isHis = await tx.devices.touch({ userId, id, secretDigest: digest, at: now, knownAt });
    if (isHis) return { id, isNew: false };
  }
  const id = tx.ids.next();
  const { token, digest } = mintToken(deviceSecretPrefix, id);
  await tx.devices.insert({ userId, id, secretDigest: digest, at: now, knownAt });
  return { id, secret: token, isNew: true };
}
