import { SqlMigration } from '@bank/database';

/** When a recovery that is being carried out took the password of before and ended what was open; null before that. */
export class ClosedByRecoveries extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.recoveries add column closed_at timestamptz'];
  }
}
