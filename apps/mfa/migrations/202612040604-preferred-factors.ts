import { SqlMigration } from '@bank/database';

/** The factor that a user wants to be asked for first. */
export class PreferredFactors extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table mfa.factors add column is_preferred boolean not null default false'];
  }
}
