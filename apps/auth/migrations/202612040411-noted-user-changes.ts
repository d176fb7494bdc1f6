import { SqlMigration } from '@bank/database';

/** A statement that leaves a version as it was has changed nothing that others may know. */
export class NotedUserChanges extends SqlMigration {
  override statements(): string[] {
    return [
      `create trigger users_note_inserted after insert on auth.users
      referencing new table as changed for each statement execute function auth.note_user_changes()`,
      `create trigger users_note_updated after update on auth.users
      referencing new table as changed for each statement execute function auth.note_user_changes()`,
    ];
  }
}
