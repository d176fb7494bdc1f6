import { platformTablesV1, SqlMigration } from '@bank/database';

/** Outbox, inbox, data keys and idempotency keys. */
export class Platform extends SqlMigration {
  override statements(): string[] {
    return platformTablesV1('auth');
  }
}
