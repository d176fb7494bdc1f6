import { type IndexChange, IndexMigration } from '@bank/database';

/** By which the messages are found that are to be asked about. */
export class UnheardMessagesIndex extends IndexMigration {
  override change(): IndexChange {
    return {
      create: 'deliveries_ask_at_idx',
      on: 'auth.deliveries',
      as: `(provider, ask_at) where state = 'sent' and ask_at is not null`,
    };
  }
}
