import { platformTablesV2, SqlMigration } from '@bank/database';

/** Published deliveries keep nothing that could be opened. */
export class PublishedDeliveries extends SqlMigration {
  override statements(): readonly string[] {
    return platformTablesV2('auth');
  }
}
