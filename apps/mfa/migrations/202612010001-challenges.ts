import { SqlMigration } from '@bank/database';

/** What enrolment needs of a factor, challenges with their counters, and recovery codes. */
export class Challenges extends SqlMigration {
  override statements(): readonly string[] {
    return [
      // The session that enrols a factor confirms it, in time and with few tries; `last_step` is of the last accepted code.
      `alter table mfa.factors
      add column label bytea not null,
      add column session_id uuid not null,
      add column expires_at timestamptz not null,
      add column attempts smallint not null default 0,
      add column last_step bigint,
      add column version bigint not null default 1`,
      // Wrong answers in a row over all challenges of a user.
      `alter table mfa.subjects
      add column failures integer not null default 0,
      add column blocked_until timestamptz`,
      // One challenge for each sign-in and session: asking again takes the place of the older, and its tries stay counted.
      `create table mfa.challenges (
      purpose text not null constraint challenges_purpose_check check (purpose in ('sign_in', 'step_up')),
      binding_id uuid not null,
      id uuid not null constraint challenges_id_key unique,
      user_id uuid not null constraint challenges_user_id_fkey references mfa.subjects (user_id),
      factor_id uuid not null,
      attempts smallint not null default 0,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      closed_at timestamptz,
      constraint challenges_pkey primary key (purpose, binding_id)
    )`,
      'create index challenges_expires_at_index on mfa.challenges (expires_at)',
      `create table mfa.recovery_codes (
      user_id uuid not null constraint recovery_codes_user_id_fkey references mfa.subjects (user_id),
      digest bytea not null,
      created_at timestamptz not null,
      used_at timestamptz,
      constraint recovery_codes_pkey primary key (user_id, digest)
    )`,
    ];
  }
}
