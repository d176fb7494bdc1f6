import { type IndexChange, IndexMigration, waitingOutboxIndex } from '@bank/database';

/** The outbox is read destination by destination. */
export class WaitingOutboxIndex extends IndexMigration {
  override change(): IndexChange {
    return waitingOutboxIndex('profile');
  }
}
