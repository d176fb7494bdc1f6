import { partitionedTableSql, SqlMigration } from '@bank/database';

/** Sessions, the refresh tokens that renew them, and the devices they were opened on. */
export class Sessions extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.sessions (
      id uuid constraint sessions_pkey primary key,
      user_id uuid not null constraint sessions_user_id_fkey references auth.users (id),
      client_id text not null constraint sessions_client_id_fkey references auth.clients (id),
      device_id uuid not null,
      acr text not null constraint sessions_acr_check check (acr in ('aal1', 'aal2', 'aal3')),
      amr text[] not null,
      auth_time timestamptz not null,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      idle_expires_at timestamptz not null,
      absolute_expires_at timestamptz not null,
      revoked_at timestamptz,
      end_reason text
    )`,
      `create index sessions_user_id_idx on auth.sessions (user_id) where revoked_at is null`,
      `create index sessions_absolute_expires_at_idx on auth.sessions (absolute_expires_at)`,
      // The family of a token is its session. The nonce is what the successor's secret is derived with: it goes as soon
      // as the successor is spent or the grace is over, and with it the way from the old token to the new one.
      `create table auth.refresh_tokens (
      id uuid not null,
      session_id uuid not null,
      generation integer not null,
      digest bytea not null,
      predecessor_id uuid,
      successor_id uuid,
      derivation_key_id text,
      nonce bytea,
      created_at timestamptz not null,
      consumed_at timestamptz,
      constraint refresh_tokens_pkey primary key (id)
    ) partition by range (id)`,
      `create index refresh_tokens_nonce_idx on auth.refresh_tokens (consumed_at) where nonce is not null`,
      // Longer than any session lives: a token that comes back later is refused as unknown.
      ...partitionedTableSql('auth', {
        table: 'refresh_tokens',
        keyColumn: 'id',
        ageColumn: 'created_at',
        keepWeeks: 1,
      }),
      `create table auth.devices (
      user_id uuid not null constraint devices_user_id_fkey references auth.users (id),
      id uuid not null,
      secret_digest bytea not null,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      known_at timestamptz,
      constraint devices_pkey primary key (user_id, id)
    )`,
    ];
  }
}
