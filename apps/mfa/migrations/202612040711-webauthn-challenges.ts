import { SqlMigration } from '@bank/database';

/** What passkeys under enrolment, and those that are asked for, have to sign: each good for one answer. */
export class WebauthnChallenges extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table mfa.webauthn_challenges (
      id uuid constraint webauthn_challenges_pkey primary key,
      user_id uuid not null constraint webauthn_challenges_user_id_fkey references mfa.subjects (user_id),
      challenge bytea not null,
      expires_at timestamptz not null
    )`,
      'create index webauthn_challenges_user_id_index on mfa.webauthn_challenges (user_id)',
      'create index webauthn_challenges_expires_at_index on mfa.webauthn_challenges (expires_at)',
    ];
  }
}
