import { SqlMigration } from '@bank/database';

/** Codes that confirm who holds a session, and the way from a session to its live refresh token. */
export class StepUp extends SqlMigration {
  override statements(): string[] {
    return [
      // One code for each session: a new one takes the place of the older, whose tries stay counted while it lives.
      `create table auth.step_up_codes (
      session_id uuid constraint step_up_codes_pkey primary key,
      challenge_id uuid not null,
      code_hash bytea not null,
      attempts smallint not null default 0,
      sent smallint not null default 1,
      expires_at timestamptz not null
    )`,
      `create index step_up_codes_expires_at_idx on auth.step_up_codes (expires_at)`,
      `create index refresh_tokens_live_idx on auth.refresh_tokens (session_id) where consumed_at is null`,
    ];
  }
}
