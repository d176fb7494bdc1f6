import { platformTablesV1, SqlMigration } from '@bank/database';

/** Users who may enrol, their factors, and the tables every service has. */
export class Factors extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('mfa'),
      `create table mfa.subjects (
      user_id uuid constraint subjects_pkey primary key,
      activated_at timestamptz not null
    )`,
      `create table mfa.factors (
      id uuid constraint factors_pkey primary key,
      user_id uuid not null constraint factors_user_id_fkey references mfa.subjects (user_id),
      type text not null constraint factors_type_check check (type in ('totp', 'sms', 'email', 'webauthn')),
      sealed bytea not null,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      last_used_at timestamptz
    )`,
      'create index factors_user_id_index on mfa.factors (user_id)',
    ];
  }
}
