import { type AddedConstraint, ValidationMigration } from '@bank/database';

export class RevokedKeysChecked extends ValidationMigration {
  override constraints(): readonly AddedConstraint[] {
    return [{ table: 'auth.revocations', constraint: 'revocations_target_check' }];
  }
}
