import { SqlMigration } from '@bank/database';

/** Whatever a user has begun is closed when he is stopped. */
export class PendingSignIns extends SqlMigration {
  override statements(): string[] {
    return ['create index sign_ins_user_id_idx on auth.sign_ins (user_id)'];
  }
}
