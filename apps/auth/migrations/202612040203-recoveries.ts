import { SqlMigration } from '@bank/database';

/** Recoveries of accounts whose users have lost every factor. */
export class Recoveries extends SqlMigration {
  override statements(): string[] {
    return [
      // Two for a user at most: one that somebody has asked for, and one that was proven. To ask touches no proven one. No
      // reference to users: where an address is nobody's a row is written as well, so that the time of the answer does not tell.
      `create table auth.recoveries (
      user_id uuid not null,
      stage text not null constraint recoveries_stage_check check (stage in ('asked', 'proven')),
      id uuid not null constraint recoveries_id_key unique,
      token_digest bytea,
      cancel_digests bytea[] not null default '{}',
      attempts smallint not null default 0,
      proof text constraint recoveries_proof_check check (proof in ('recovery_code', 'staff')),
      due_at timestamptz,
      begun_at timestamptz,
      lease_until timestamptz,
      expires_at timestamptz not null,
      constraint recoveries_pkey primary key (user_id, stage)
    )`,
      `create index recoveries_expires_at_idx on auth.recoveries (expires_at)`,
      `create index recoveries_due_at_idx on auth.recoveries (due_at) where due_at is not null`,
    ];
  }
}
