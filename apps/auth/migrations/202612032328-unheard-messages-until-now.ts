import { BackfillMigration } from '@bank/database';

/** The messages of the last day, of which nothing has been heard so far. */
export class UnheardMessagesUntilNow extends BackfillMigration {
  override batch(): string {
    return `update auth.deliveries set ask_at = settled_at + interval '10 minutes' where id in (
      select id from auth.deliveries
        where state = 'sent' and provider = 'notification' and settled_at > now() - interval '1 day' and ask_at is null
        limit 1000)`;
  }
}
