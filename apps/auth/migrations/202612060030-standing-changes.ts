import { SqlMigration } from '@bank/database';

/** When a user's status and roles last changed; null where they have not since. */
export class StandingChanges extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column status_changed_at timestamptz, add column roles_changed_at timestamptz'];
  }
}
