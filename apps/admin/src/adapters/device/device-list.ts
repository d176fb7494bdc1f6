import { DeviceService, Platform } from '@bank/proto/device';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { dateOf } from '#adapters/date-of.ts';

/** A device, without the name that its user gave it. */
export interface ListedDevice {
  readonly id: string;
  readonly platform: string | null;
  readonly model: string | null;
  readonly trusted: boolean;
  readonly firstSeenAt: Date | null;
  readonly lastSeenAt: Date | null;
}

/** Lists the devices of users for the member of staff who asks; `device` tells the ledger. */
export interface DeviceList {
  /** The latest registered first. Throws what `device` answers, and service.unavailable. */
  newest(userId: string, limit: number): Promise<readonly ListedDevice[]>;
}

const platforms = new Map<Platform, string>([
  [Platform.WEB, 'web'],
  [Platform.ANDROID, 'android'],
  [Platform.IOS, 'ios'],
  [Platform.DESKTOP, 'desktop'],
]);

/** Asks the device service. */
export function createDeviceList(options: RpcClientOptions): DeviceList {
  const service = createRpcClient(DeviceService, options);
  return {
    async newest(userId, limit) {
      const { devices } = await service.listDevices({ userId, limit }, forwardUser());
      return devices.map(({ deviceId, platform, model, trusted, firstSeenAt, lastSeenAt }) => ({
        id: deviceId,
        platform: platforms.get(platform) ?? null,
        model: model || null,
        trusted,
        firstSeenAt: dateOf(firstSeenAt),
        lastSeenAt: dateOf(lastSeenAt),
      }));
    },
  };
}
