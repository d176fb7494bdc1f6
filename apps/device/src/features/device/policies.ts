import type { LiveDevice } from '#storage/device.entity.ts';

/** How old the authentication may be with which trust and keys are changed, in seconds (SR-62). */
export const freshSeconds = 300;

/** Devices one user may have. */
export const devicesMax = 20;

type SeenDevice = Pick<LiveDevice, 'id' | 'lastSeenAt' | 'trustedAt' | 'hasKey'>;

/** Whether a device stands for a factor: by the trust in it, or by its key. Its user misses it. */
export function isPrecious({ trustedAt, hasKey }: Pick<SeenDevice, 'trustedAt' | 'hasKey'>): boolean {
  return trustedAt !== null || hasKey;
}

/**
 * The devices that go so that no more than `devicesMax` are left: the longest unseen first, trusted ones and those with a key
 * only when there are no others, and never the one that was just used. Who refreshes is not seen by that.
 */
export function surplusDevices(live: readonly SeenDevice[], usedId: string): string[] {
  const surplus = Math.max(0, live.length - devicesMax);
  const others = live.filter(({ id }) => id !== usedId);
  return others
    .toSorted(plainThenLongestUnseen)
    .slice(0, surplus)
    .map(({ id }) => id);
}

function plainThenLongestUnseen(a: SeenDevice, b: SeenDevice): number {
  const byWorth = Number(isPrecious(a)) - Number(isPrecious(b));
  return byWorth || a.lastSeenAt.getTime() - b.lastSeenAt.getTime() || (a.id < b.id ? -1 : 1);
}
