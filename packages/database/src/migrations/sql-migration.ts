import { Migration } from '@mikro-orm/migrations';

/** How long a statement waits for a lock. Whatever comes after it for the same table waits behind it for as long. */
export const LOCK_TIMEOUT = '1s';

/**
 * A migration that is a list of SQL statements, run in one transaction. It gives up rather than queue for a lock, since
 * everything behind it in that queue would stand still; the migrator tries it again. Nor may a statement go on for long: what
 * it has locked nobody else can use. There is no way back: a mistake is put right by the next one.
 */
export abstract class SqlMigration extends Migration {
  /** Said by a migration that takes something away: the release since which nothing uses it. */
  readonly unusedSince: string | undefined = undefined;

  /** How long one statement may take. */
  protected get statementTimeout(): string {
    return '30s';
  }

  /** The statements, one string each. */
  abstract statements(): readonly string[];

  override up(): void {
    this.addSql(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    this.addSql(`set local statement_timeout = '${this.statementTimeout}'`);
    for (const statement of this.statements()) {
      this.addSql(statement);
    }
  }
}
