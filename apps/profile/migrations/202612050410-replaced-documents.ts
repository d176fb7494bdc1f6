import { type IndexChange, IndexMigration } from '@bank/database';

/** By which documents are found that were replaced and still have their picture. */
export class ReplacedDocuments extends IndexMigration {
  override change(): IndexChange {
    return {
      create: 'kyc_documents_replaced_idx',
      on: 'profile.kyc_documents',
      as: `(case_id) where state = 'replaced' and file_id is not null`,
    };
  }
}
