import { SqlMigration } from '@bank/database';

/** When the Notification service is asked next about a message of which nothing was heard. */
export class UnheardMessages extends SqlMigration {
  override statements(): string[] {
    return [
      'alter table auth.deliveries add column ask_at timestamptz',
      `update auth.deliveries set ask_at = settled_at + interval '10 minutes'
        where state = 'sent' and provider = 'notification' and settled_at > now() - interval '1 day'`,
      `create index deliveries_ask_at_idx on auth.deliveries (provider, ask_at)
        where state = 'sent' and ask_at is not null`,
    ];
  }
}
