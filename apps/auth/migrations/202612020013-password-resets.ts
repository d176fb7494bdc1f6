import { SqlMigration } from '@bank/database';

/** Links for choosing another password: one for each user, the newest. */
export class PasswordResets extends SqlMigration {
  override statements(): string[] {
    return [
      // No reference to users: where an address is nobody's a row is written as well, for an id that nobody has, so that the
      // time of the answer does not tell.
      `create table auth.password_resets (
      user_id uuid constraint password_resets_pkey primary key,
      token_id uuid not null constraint password_resets_token_id_key unique,
      digest bytea not null,
      expires_at timestamptz not null
    )`,
      `create index password_resets_expires_at_idx on auth.password_resets (expires_at)`,
    ];
  }
}
