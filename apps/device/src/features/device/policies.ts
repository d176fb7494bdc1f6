import type { Device } from '#storage/device.entity.ts';

/** How old the authentication may be with which trust and keys are changed, in seconds (SR-62). */
export const freshSeconds = 300;

/** Devices one user may have. */
export const devicesMax = 20;

type SeenDevice = Pick<Device, 'id' | 'lastSeenAt' | 'trustedAt'>;

/**
 * The devices that go so that no more than `devicesMax` are left: the longest unseen first, trusted ones only when there
 * are no others, and never the one that was just used.
 */
export function surplusDevices(live: readonly SeenDevice[], usedId: string): string[] {
  const surplus = Math.max(0, live.length - devicesMax);
  const others = live.filter(({ id }) => id !== usedId);
  return others
    .toSorted(untrustedThenLongestUnseen)
    .slice(0, surplus)
    .map(({ id }) => id);
}

function untrustedThenLongestUnseen(a: SeenDevice, b: SeenDevice): number {
  const byTrust = Number(a.trustedAt !== null) - Number(b.trustedAt !== null);
  return byTrust || a.lastSeenAt.getTime() - b.lastSeenAt.getTime() || (a.id < b.id ? -1 : 1);
}
