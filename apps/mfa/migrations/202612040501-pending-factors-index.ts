import { type IndexChange, IndexMigration } from '@bank/database';

/** By which enrolments that nobody confirmed are found when their time is over. */
export class PendingFactorsIndex extends IndexMigration {
  override change(): IndexChange {
    return { create: 'factors_pending_index', on: 'mfa.factors', as: '(expires_at) where confirmed_at is null' };
  }
}
