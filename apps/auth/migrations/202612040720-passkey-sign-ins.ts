import { SqlMigration } from '@bank/database';

/** Sign-ins by a passkey between their two requests. */
export class PasskeySignIns extends SqlMigration {
  override statements(): string[] {
    return [
      // Nobody's until the answer comes: a passkey says itself whose it is.
      `create table auth.passkey_sign_ins (
      id uuid constraint passkey_sign_ins_pkey primary key,
      client_id text not null constraint passkey_sign_ins_client_id_fkey references auth.clients (id),
      challenge bytea not null constraint passkey_sign_ins_challenge_check check (octet_length(challenge) = 32),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      consumed_at timestamptz
    )`,
      `create index passkey_sign_ins_expires_at_idx on auth.passkey_sign_ins (expires_at)`,
    ];
  }
}
