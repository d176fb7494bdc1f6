import { SqlMigration } from '@bank/database';

/** Under the name of the older one, by which the release before upserts. */
export class CodePoolsPrimaryKey extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table mfa.sent_codes
      drop constraint sent_codes_pkey,
      add constraint sent_codes_pkey primary key using index sent_codes_pool_key`,
    ];
  }
}
