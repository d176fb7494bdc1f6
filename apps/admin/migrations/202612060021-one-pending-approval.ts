import { type IndexChange, IndexMigration } from '@bank/database';

/** The same waits for a decision once, however often it is asked for. */
export class OnePendingApproval extends IndexMigration {
  override change(): IndexChange {
    return {
      create: 'approvals_pending_unique',
      on: 'admin.approvals',
      as: `(action, user_id, payload) where status = 'pending'`,
      unique: true,
    };
  }
}
