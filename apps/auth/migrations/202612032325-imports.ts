import { SqlMigration } from '@bank/database';

/** By what a line of an import is recognised, so that nobody is imported twice: a keyed digest under each live index key. */
export class Imports extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table auth.imported_users (
      key_id text not null,
      digest bytea not null,
      user_id uuid not null,
      imported_at timestamptz not null,
      constraint imported_users_pkey primary key (key_id, digest)
    )`,
      'create index imported_users_user_id_idx on auth.imported_users (user_id)',
    ];
  }
}
