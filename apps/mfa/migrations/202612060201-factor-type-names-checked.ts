import { type AddedConstraint, ValidationMigration } from '@bank/database';

/** The factors there were. */
export class FactorTypeNamesChecked extends ValidationMigration {
  override constraints(): readonly AddedConstraint[] {
    return [{ table: 'mfa.factors', constraint: 'factors_type_check' }];
  }
}
