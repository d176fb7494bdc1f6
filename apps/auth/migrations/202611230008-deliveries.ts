import { SqlMigration } from '@bank/database';

/** Messages to people: what is to be sent, and what became of it. */
export class Deliveries extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.deliveries (
      id uuid constraint deliveries_pkey primary key,
      user_id uuid,
      content jsonb,
      channel text not null constraint deliveries_channel_check check (channel in ('email', 'sms')),
      template text not null,
      state text not null constraint deliveries_state_check
        check (state in ('pending', 'sent', 'expired', 'failed', 'undeliverable')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      provider_message_id text,
      failure text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      settled_at timestamptz,
      constraint deliveries_wiped_check
        check (state = 'pending' or content is null)
    )`,
      `create index deliveries_due_idx on auth.deliveries (next_attempt_at) where state = 'pending'`,
      `create index deliveries_settled_at_idx on auth.deliveries (settled_at) where state <> 'pending'`,
    ];
  }
}
