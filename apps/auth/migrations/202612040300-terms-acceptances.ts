import { SqlMigration } from '@bank/database';

/** Which version of the terms a user has accepted, and when. Staff accept none; of who was imported the time is not known. */
export class TermsAcceptances extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table auth.terms_acceptances (
      id uuid constraint terms_acceptances_pkey primary key,
      user_id uuid not null,
      version text not null,
      accepted_at timestamptz not null,
      constraint terms_acceptances_version_key unique (user_id, version)
    )`,
    ];
  }
}
