import { SqlMigration } from '@bank/database';

/** The last code that was sent to a user by text and by email, and how many were sent in a row. */
export class SentCodes extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table mfa.sent_codes (
      user_id uuid not null constraint sent_codes_user_id_fkey references mfa.subjects (user_id),
      type text not null constraint sent_codes_type_check check (type in ('sms', 'email')),
      challenge_id uuid not null,
      digest bytea,
      expires_at timestamptz not null,
      sends integer not null,
      sent_at timestamptz not null,
      constraint sent_codes_pkey primary key (user_id, type)
    )`,
    ];
  }
}
