import { SqlMigration } from '@bank/database';

/** What becomes of a message after it was handed over, who carried it, and messages that a limit keeps back. */
export class DeliveryStates extends SqlMigration {
  override statements(): string[] {
    return [
      `alter table auth.deliveries
      add column provider text,
      add column refused_message_id text,
      add column admitted boolean not null default false`,
      `alter table auth.deliveries
      drop constraint deliveries_state_check,
      add constraint deliveries_state_check check
        (state in ('pending', 'sent', 'delivered', 'expired', 'failed', 'undeliverable', 'suppressed'))`,
      `drop index auth.deliveries_due_idx`,
      // Each channel is asked for what is due in it: one that stands still does not stand in the way of the other.
      `create index deliveries_due_idx on auth.deliveries (channel, next_attempt_at) where state = 'pending'`,
    ];
  }
}
