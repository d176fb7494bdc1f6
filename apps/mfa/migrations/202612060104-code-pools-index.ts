import { type IndexChange, IndexMigration } from '@bank/database';

/** What becomes the primary key. */
export class CodePoolsIndex extends IndexMigration {
  override change(): IndexChange {
    return { create: 'sent_codes_pool_key', on: 'mfa.sent_codes', as: '(user_id, type, pool)', unique: true };
  }
}
