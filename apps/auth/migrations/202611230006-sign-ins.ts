import { SqlMigration } from '@bank/database';

/** Failed attempts by pool, and sign-ins that wait for an emailed code. */
export class SignIns extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.lockouts (
      subject_hash bytea not null,
      pool text not null,
      failures integer not null,
      locked_until timestamptz,
      updated_at timestamptz not null,
      constraint lockouts_pkey primary key (subject_hash, pool)
    )`,
      `create index lockouts_updated_at_idx on auth.lockouts (updated_at)`,
      `create table auth.sign_ins (
      id uuid constraint sign_ins_pkey primary key,
      user_id uuid not null constraint sign_ins_user_id_fkey references auth.users (id),
      client_id text not null constraint sign_ins_client_id_fkey references auth.clients (id),
      subject_hash bytea not null,
      pool text not null,
      method text not null constraint sign_ins_method_check check (method in ('emailed_code', 'factor')),
      challenge_id uuid,
      code_hash bytea,
      code_expires_at timestamptz,
      attempts smallint not null default 0,
      challenges smallint not null default 0,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      closed_at timestamptz
    )`,
      `create index sign_ins_expires_at_idx on auth.sign_ins (expires_at)`,
    ];
  }
}
