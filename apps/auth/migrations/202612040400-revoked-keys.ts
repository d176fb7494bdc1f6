import { SqlMigration } from '@bank/database';

/** A revocation may be of a signing key. */
export class RevokedKeys extends SqlMigration {
  override statements(): string[] {
    return [
      `alter table auth.revocations add column signing_key_id text,
        drop constraint revocations_target_check,
        add constraint revocations_target_check check (num_nonnulls(session_id, user_id, signing_key_id) = 1) not valid`,
    ];
  }
}
