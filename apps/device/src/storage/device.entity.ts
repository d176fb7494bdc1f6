import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** What a user signs in with. Its secret is known to `auth` alone, as a hash. */
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
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    trustedAt: p.datetime().nullable(),
    removedAt: p.datetime().nullable(),
  },
  indexes: [{ name: 'devices_user_id_index', properties: ['userId', 'id'] }],
  checks: [
    {
      name: 'devices_platform_check',
      expression: `platform in ('unspecified', 'web', 'android', 'ios', 'desktop')`,
    },
  ],
});

export type Device = InferEntity<typeof DeviceEntity>;
