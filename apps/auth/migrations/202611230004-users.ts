import { SqlMigration } from '@bank/database';

/** Users, their credentials apart from them, and the addresses that name them. */
export class Users extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.users (
      id uuid constraint users_pkey primary key,
      status text not null
        constraint users_status_check check (status in ('active', 'locked', 'suspended', 'closed', 'erased')),
      roles text[] not null,
      contact bytea,
      email_verified_at timestamptz,
      phone_verified_at timestamptz,
      locale text,
      accepted_terms text not null,
      version bigint not null default 1,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
      `create table auth.credentials (
      user_id uuid constraint credentials_pkey primary key
        constraint credentials_user_id_fkey references auth.users (id),
      password_hash text not null,
      changed_at timestamptz not null
    )`,
      // One row per live index key: the address is found under any of them, and unique under each. The user is inserted
      // after the address has been won, in the same transaction.
      `create table auth.identifiers (
      kind text not null constraint identifiers_kind_check check (kind in ('email', 'phone')),
      key_id text not null,
      digest bytea not null,
      user_id uuid not null
        constraint identifiers_user_id_fkey references auth.users (id) deferrable initially deferred,
      created_at timestamptz not null,
      constraint identifiers_pkey primary key (kind, key_id, digest)
    )`,
      `create index identifiers_user_id_idx on auth.identifiers (user_id)`,
    ];
  }
}
