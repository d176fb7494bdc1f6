import { SqlMigration } from '@bank/database';

/** Where a session was opened, sealed: its network and what the device said of itself. */
export class SessionOrigins extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table auth.sessions add column origin bytea'];
  }
}
