import { SqlMigration } from '@bank/database';

/** Signing keys, and the numbered feed of revocations. */
export class KeysAndRevocations extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.signing_keys (
      kid text constraint signing_keys_pkey primary key,
      algorithm text not null,
      sealed_private bytea not null,
      public_jwk jsonb not null,
      created_at timestamptz not null,
      signs_from timestamptz not null,
      constraint signing_keys_signs_from_key unique (signs_from)
    )`,
      `create table auth.revocations (
      id uuid constraint revocations_pkey primary key,
      number bigint constraint revocations_number_key unique,
      session_id uuid,
      user_id uuid,
      not_before timestamptz not null,
      expires_at timestamptz not null,
      constraint revocations_target_check check ((session_id is null) <> (user_id is null))
    )`,
      `create index revocations_unnumbered_idx on auth.revocations (id) where number is null`,
      `create index revocations_expires_at_idx on auth.revocations (expires_at)`,
      // Numbers are given to committed rows only, by whoever holds this lease: so there are no gaps to wait for.
      `create table auth.revocation_lease (
      name text constraint revocation_lease_pkey primary key,
      epoch bigint not null,
      number bigint not null,
      holder uuid,
      expires_at timestamptz
    )`,
      `insert into auth.revocation_lease (name, epoch, number) values ('publisher', 0, 0)`,
      `create function auth.announce_revocation() returns trigger language plpgsql as
      $$ begin perform pg_notify('auth_revocations', ''); return null; end $$`,
      `create trigger revocations_announce after insert on auth.revocations
      for each statement execute function auth.announce_revocation()`,
    ];
  }
}
