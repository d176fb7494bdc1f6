import { SqlMigration } from '@bank/database';

/** A kind of factors is known by the app, and no more by the table: what is checked is that it may be a name. */
export class FactorTypeNames extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table mfa.factors
      drop constraint factors_type_check,
      add constraint factors_type_check check (type ~ '^[a-z][a-z0-9_]{0,31}$') not valid`,
    ];
  }
}
