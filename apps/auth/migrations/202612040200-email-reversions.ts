import { SqlMigration } from '@bank/database';

/** Links by which an address that was changed is put back, sent to that address. */
export class EmailReversions extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.email_reversions (
      id uuid constraint email_reversions_pkey primary key,
      user_id uuid not null,
      address bytea not null,
      digest bytea not null,
      expires_at timestamptz not null
    )`,
      `create index email_reversions_user_id_idx on auth.email_reversions (user_id)`,
      `create index email_reversions_expires_at_idx on auth.email_reversions (expires_at)`,
    ];
  }
}
