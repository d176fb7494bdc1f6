import { SqlMigration } from '@bank/database';

/** When a customer became a member of staff; null of everybody else, and of whoever was one before this was kept. */
export class StaffSince extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column staff_since timestamptz'];
  }
}
