import { SqlMigration } from '@bank/database';

/** The pages that each client is; empty for one that is any page of its listener. */
export class ClientOrigins extends SqlMigration {
  override statements(): readonly string[] {
    return [`alter table auth.clients add column origins text[] not null default '{}'`];
  }
}
