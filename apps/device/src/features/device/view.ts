import type { DeviceView, PlatformName } from '#features/device/schemas.ts';
import type { NamedDevice } from '#storage/device.entity.ts';

/** What the user may see of a device; `currentId` is the device of the session that asks. */
export function toDeviceView(device: NamedDevice, currentId: string | undefined): DeviceView {
  return {
    id: device.id,
    name: device.name,
    platform: device.platform as PlatformName,
    model: device.model,
    appVersion: device.appVersion,
    firstSeenAt: device.firstSeenAt.toISOString(),
    lastSeenAt: device.lastSeenAt.toISOString(),
    trusted: device.trustedAt !== null,
    current: device.id === currentId,
  };
}
