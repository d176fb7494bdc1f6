import { platformTablesV3, SqlMigration } from '@bank/database';

/** Idempotency keys know whether anything was committed under them. */
export class CommittedKeys extends SqlMigration {
  override statements(): readonly string[] {
    return platformTablesV3('profile');
  }
}
