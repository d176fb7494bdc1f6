import { SqlMigration } from '@bank/database';

/** What people are asked to approve, and what they have approved. */
export class Transactions extends SqlMigration {
  override statements(): string[] {
    return [
      // Of the transaction itself the digest alone. `expires_at` is the end of the question, and once approved that of the token.
      `create table auth.transactions (
      id uuid constraint transactions_pkey primary key,
      user_id uuid not null,
      session_id uuid not null,
      type text not null,
      digest bytea not null,
      method text not null constraint transactions_method_check check (method in ('device_key', 'sms', 'webauthn')),
      factor_id uuid not null,
      challenge_id uuid not null,
      approved_at timestamptz,
      consumed_at timestamptz,
      expires_at timestamptz not null,
      constraint transactions_consumed_check check (consumed_at is null or approved_at is not null)
    )`,
      'create index transactions_user_id_idx on auth.transactions (user_id)',
      'create index transactions_expires_at_idx on auth.transactions (expires_at)',
    ];
  }
}
