import { SqlMigration } from '@bank/database';

/** The recovery by which a user's factors were last removed: it does so once. */
export class Recoveries extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table mfa.subjects add column recovered_by uuid'];
  }
}
