import { SqlMigration } from '@bank/database';

/** The name a user gives a device, and the version that each of the user's changes makes. */
export class DeviceChanges extends SqlMigration {
  override statements(): readonly string[] {
    return [
      'alter table device.devices add column name bytea, add column version bigint not null default 1',
      // Whoever keeps no secret leaves a removed device behind with each sign-in: lists do not wade through them.
      'create index devices_live_index on device.devices (user_id, id) where removed_at is null',
    ];
  }
}
