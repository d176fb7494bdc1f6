import type { DeviceView, PlatformName } from '#features/device/schemas.ts';
import type { Device, NamedDevice } from '#storage/device.entity.ts';

/** A device as it is answered, with the version that `If-Match` is to name. */
export interface ViewedDevice {
  readonly view: DeviceView;
  readonly version: number;
}

export function toViewedDevice(device: NamedDevice, currentId: string | undefined): ViewedDevice {
  return { view: toDeviceView(device, currentId), version: device.version };
}

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
    trustedAt: device.trustedAt?.toISOString() ?? null,
    current: device.id === currentId,
    key: device.key && { ...device.key, boundAt: device.key.boundAt.toISOString() },
  };
}

/** A device as staff see it: what its user calls it is not for them. */
export interface StaffDevice extends Pick<Device, 'model' | 'firstSeenAt' | 'lastSeenAt'> {
  readonly deviceId: string;
  readonly platform: PlatformName;
  readonly trusted: boolean;
}

export function toStaffDevice({ id, platform, model, trustedAt, firstSeenAt, lastSeenAt }: Device): StaffDevice {
  const trusted = trustedAt !== null;
  return { deviceId: id, platform: platform as PlatformName, model, trusted, firstSeenAt, lastSeenAt };
}
