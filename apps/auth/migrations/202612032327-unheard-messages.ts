import { SqlMigration } from '@bank/database';

/** When the Notification service is asked next about a message of which nothing was heard. */
export class UnheardMessages extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.deliveries add column ask_at timestamptz'];
  }
}
