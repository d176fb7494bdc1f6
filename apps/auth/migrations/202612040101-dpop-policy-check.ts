import { type AddedConstraint, ValidationMigration } from '@bank/database';

/** The policies of the clients there were. */
export class DpopPolicyCheck extends ValidationMigration {
  override constraints(): readonly AddedConstraint[] {
    return [{ table: 'auth.clients', constraint: 'clients_dpop_policy_check' }];
  }
}
