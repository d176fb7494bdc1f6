import { SqlMigration } from '@bank/database';

/** A challenge may ask for the approval of a transaction. */
export class TransactionChallenges extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table mfa.challenges
      drop constraint challenges_purpose_check,
      add constraint challenges_purpose_check check (purpose in ('sign_in', 'step_up', 'transaction')) not valid`,
    ];
  }
}
