import { SqlMigration } from '@bank/database';

/** Registrations, and the wrong codes counted over all registrations of one address. */
export class Registrations extends SqlMigration {
  override statements(): string[] {
    return [
      // Nothing about the address is unique here: whoever starts a registration must not be able to squat on it.
      `create table auth.registrations (
      id uuid constraint registrations_pkey primary key,
      user_id uuid not null,
      contact bytea not null,
      address_hash bytea not null,
      password_hash text not null,
      code_hash bytea,
      link_digest bytea,
      attempts smallint not null default 0,
      locale text,
      accepted_terms text not null,
      created_at timestamptz not null,
      code_expires_at timestamptz not null,
      expires_at timestamptz not null,
      closed_at timestamptz
    )`,
      `create index registrations_address_hash_idx on auth.registrations (address_hash) where closed_at is null`,
      `create index registrations_expires_at_idx on auth.registrations (expires_at)`,
      `create table auth.address_failures (
      address_hash bytea not null,
      day date not null,
      failures integer not null,
      constraint address_failures_pkey primary key (address_hash, day)
    )`,
      `create index address_failures_day_idx on auth.address_failures (day)`,
    ];
  }
}
