import type { UserId } from '@bank/domain';
import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { KeySummary } from '#storage/device-key.entity.ts';

/**
 * What a user signs in with. Its secret is known to `auth` alone, as a hash; `name` is what its user calls it, sealed. A
 * removed device keeps its row for as long as the history tells of it, so that its id is never taken for a new one.
 */
export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'devices',
  schema: 'device',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    platform: p.text(),
    model: p.text(),
    appVersion: p.text(),
    name: p.blob().nullable(),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    trustedAt: p.datetime().nullable(),
    removedAt: p.datetime().nullable(),
    version: p.bigint('number').defaultRaw('1'),
  },
  indexes: [
    { name: 'devices_user_id_index', properties: ['userId', 'id'] },
    { name: 'devices_live_index', properties: ['userId', 'id'], where: 'removed_at is null' },
    { name: 'devices_removed_at_index', properties: ['removedAt'], where: 'removed_at is not null' },
  ],
  checks: [
    {
      name: 'devices_platform_check',
      expression: `platform in ('unspecified', 'web', 'android', 'ios', 'desktop')`,
    },
  ],
});

export type DeviceRow = InferEntity<typeof DeviceEntity>;

/** A device without its name. `version` rises with each change that somebody makes, not with being seen. */
export type Device = Omit<DeviceRow, 'name' | 'userId'> & { readonly userId: UserId };

/** A device that is not removed. */
export type LiveDevice = Device & { readonly hasKey: boolean };

/** A device as its user knows it. */
export type NamedDevice = Device & { readonly name: string | null; readonly key: KeySummary | null };
