import { SqlMigration } from '@bank/database';

/** When a refusal because of the lock of a pool was last told of. */
export class RefusalsWhileLocked extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table auth.lockouts add column refusal_told_at timestamptz'];
  }
}
