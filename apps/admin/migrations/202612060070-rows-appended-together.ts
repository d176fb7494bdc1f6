import { platformTablesV4, SqlMigration } from '@bank/database';

/** The outbox takes the rows of a transaction by one statement. */
export class RowsAppendedTogether extends SqlMigration {
  override statements(): readonly string[] {
    return platformTablesV4('admin');
  }
}
