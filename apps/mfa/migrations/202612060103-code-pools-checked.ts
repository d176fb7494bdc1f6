import { type AddedConstraint, ValidationMigration } from '@bank/database';

/** The codes there were. */
export class CodePoolsChecked extends ValidationMigration {
  override constraints(): readonly AddedConstraint[] {
    return [{ table: 'mfa.sent_codes', constraint: 'sent_codes_pool_check' }];
  }
}
