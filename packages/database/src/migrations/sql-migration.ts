import { Migration } from '@mikro-orm/migrations';

const LOCK_TIMEOUT = '5s';

/**
 * A migration that is a list of SQL statements, run in one transaction. It gives up rather than queue for a lock, since
 * everything behind it in that queue would stand still. There is no way back: a mistake is put right by the next one.
 */
export abstract class SqlMigration extends Migration {
  /** The statements, one string each. */
  abstract statements(): readonly string[];

  override up(): void {
    this.addSql(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    for (const statement of this.statements()) {
      this.addSql(statement);
    }
  }
}
