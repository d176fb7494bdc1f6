import { SqlMigration } from '@bank/database';

/** What users have agreed to, and taken back: each decision a row that stays as it was written. */
export class Consents extends SqlMigration {
  override statements(): readonly string[] {
    return [
      // `sequence` counts the decisions of a user on one purpose: the highest is the one that holds.
      `create table profile.consents (
      id uuid constraint consents_pkey primary key,
      user_id uuid not null,
      purpose text not null,
      sequence integer not null,
      text_version text not null,
      decision text not null constraint consents_decision_check check (decision in ('given', 'withdrawn')),
      device_id uuid,
      session_id uuid,
      recorded_at timestamptz not null,
      constraint consents_sequence_key unique (user_id, purpose, sequence)
    )`,
      'create index consents_user_id_index on profile.consents (user_id, id)',
      // The proof of a consent is worth something while nobody can have changed it.
      'revoke update, delete, truncate on profile.consents from profile_app',
    ];
  }
}
