import { identifier } from '#connection/identifier.ts';
import { SqlMigration } from '#migrations/sql-migration.ts';

/** A constraint that an earlier migration added as `not valid`. */
export interface AddedConstraint {
  /** `<schema>.<table>` */
  readonly table: string;
  readonly constraint: string;
}

/**
 * Holds the rows of before against constraints that were added as `not valid`. It reads whole tables while everybody goes on
 * reading and writing them, so it may take as long as it takes, and is a migration of its own.
 */
export abstract class ValidationMigration extends SqlMigration {
  protected override get statementTimeout(): string {
    return '0';
  }

  /** The constraints, in the order in which they are validated. */
  abstract constraints(): readonly AddedConstraint[];

  override statements(): readonly string[] {
    return this.constraints().map(
      ({ table, constraint }) =>
        `alter table ${table.split('.').map(identifier).join('.')} validate constraint ${identifier(constraint)}`,
    );
  }
}
