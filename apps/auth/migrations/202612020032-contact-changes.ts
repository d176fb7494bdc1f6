import { SqlMigration } from '@bank/database';

/** Addresses and numbers that users want to change to, until they have proven that they read them. */
export class ContactChanges extends SqlMigration {
  override statements(): string[] {
    return [
      // One for each user and kind: a new one takes the place of the older, whose counters stay while it lives. Nothing about
      // the new address is unique here: asking for it must not reserve it, nor tell whether somebody has it.
      `create table auth.contact_changes (
      user_id uuid not null,
      kind text not null constraint contact_changes_kind_check check (kind in ('email', 'phone')),
      id uuid not null,
      session_id uuid not null,
      address bytea not null,
      code_hash bytea not null,
      attempts smallint not null default 0,
      sent smallint not null default 1,
      code_expires_at timestamptz not null,
      expires_at timestamptz not null,
      constraint contact_changes_pkey primary key (user_id, kind)
    )`,
      `create index contact_changes_expires_at_idx on auth.contact_changes (expires_at)`,
    ];
  }
}
