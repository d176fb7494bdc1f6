import { type AddedConstraint, ValidationMigration } from '@bank/database';

/** The challenges there were. */
export class TransactionChallengesChecked extends ValidationMigration {
  override constraints(): readonly AddedConstraint[] {
    return [{ table: 'mfa.challenges', constraint: 'challenges_purpose_check' }];
  }
}
