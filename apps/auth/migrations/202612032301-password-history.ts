import { SqlMigration } from '@bank/database';

/** The passwords that a user had before the present one: none of them is taken again. */
export class PasswordHistory extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table auth.password_history (
      id uuid constraint password_history_pkey primary key,
      user_id uuid not null,
      password_hash text not null,
      replaced_at timestamptz not null
    )`,
      'create index password_history_user_id_idx on auth.password_history (user_id)',
    ];
  }
}
