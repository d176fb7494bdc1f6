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
});

export type Device = InferEntity<typeof DeviceEntity>;
