import { SqlMigration } from '@bank/database';

/** By which removed devices are found whose time is over. */
export class RemovedDevices extends SqlMigration {
  override statements(): readonly string[] {
    return ['create index devices_removed_at_index on device.devices (removed_at) where removed_at is not null'];
  }
}
