import { SqlMigration } from '@bank/database';

/**
 * Every version of every user as others may know it, written by whatever statement makes it, in its transaction. Numbers are
 * given to committed rows only, by whoever holds the counter: so there are no gaps to wait for, whatever commits when.
 */
export class UserChanges extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.user_changes (
      user_id uuid not null,
      version bigint not null,
      number bigint constraint user_changes_number_key unique,
      status text not null,
      roles text[] not null,
      email_verified boolean not null,
      phone_verified boolean not null,
      registered_at timestamptz not null,
      changed_at timestamptz not null,
      constraint user_changes_pkey primary key (user_id, version)
    )`,
      `create index user_changes_unnumbered_idx on auth.user_changes (version, user_id) where number is null`,
      `create index user_changes_changed_at_idx on auth.user_changes (changed_at)`,
      `create table auth.user_change_counter (
      name text constraint user_change_counter_pkey primary key,
      number bigint not null
    )`,
      `insert into auth.user_change_counter (name, number) values ('users', 0)`,
      `create function auth.note_user_changes() returns trigger language plpgsql as
      $$ begin
        insert into auth.user_changes (user_id, version, status, roles, email_verified, phone_verified, registered_at, changed_at)
          select id, version, status, roles, email_verified_at is not null, phone_verified_at is not null, created_at, updated_at
            from changed
          on conflict on constraint user_changes_pkey do nothing;
        if found then perform pg_notify('auth_user_changes', ''); end if;
        return null;
      end $$`,
    ];
  }
}
