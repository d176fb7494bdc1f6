import { SqlMigration } from '@bank/database';

/** When a link back that found its address taken ended everything; null of one that has not been used so. */
export class EndedByReversions extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.email_reversions add column ended_at timestamptz'];
  }
}
