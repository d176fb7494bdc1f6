import { SqlMigration } from '@bank/database';

/** When staff removed all factors of a user: who signed in before that enrols none. */
export class FactorResets extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table mfa.subjects add column factors_reset_at timestamptz'];
  }
}
