import type { DeviceView, PlatformName } from '#features/device/schemas.ts';
import type { Device } from '#storage/device.entity.ts';

/** What the user may see of a device; `currentId` is the device of the session that asks. */
export function toDeviceView(device: Device, currentId: string | undefined): DeviceView {
  return {
    id: device.id,
    platform: device.platform as PlatformName,
    model: device.model,
    appVersion: device.appVersion,
    firstSeenAt: device.firstSeenAt.toISOString(),
    lastSeenAt: device.lastSeenAt.toISOString(),
    trusted: device.trustedAt !== null,
    current: device.id === currentId,
  };
}
