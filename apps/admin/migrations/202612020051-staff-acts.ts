import { SqlMigration } from '@bank/database';

/** What staff do: the projection knows status and roles, each by its own version, and why it was done is kept sealed. */
export class StaffActs extends SqlMigration {
  override statements(): readonly string[] {
    return [
      'alter table admin.users rename column version to status_version',
      `alter table admin.users add column roles text[] not null default '{customer}'`,
      'alter table admin.users alter column roles drop default',
      'alter table admin.users add column roles_version bigint not null default 1',
      'alter table admin.users alter column roles_version drop default',
      'alter table admin.users alter column activated_at drop not null',
      `alter table admin.users add constraint users_status_check
      check (status in ('active', 'locked', 'suspended', 'closed', 'erased'))`,
      'create index users_status_index on admin.users (status, user_id)',
      `create table admin.staff_notes (
      id uuid constraint staff_notes_pkey primary key,
      user_id uuid not null,
      author_id uuid not null,
      action text not null,
      reason bytea not null,
      created_at timestamptz not null
    )`,
      'create index staff_notes_user_index on admin.staff_notes (user_id, id)',
      // A reason that was given stays as it was given.
      'revoke update, delete, truncate on admin.staff_notes from admin_app',
    ];
  }
}
