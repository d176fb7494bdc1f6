import { Repository } from '@bank/database';
import type { JsonValue, UserId } from '@bank/domain';

/** How a message ended. `undeliverable`: there is nobody to send it to, or it cannot be read. */
export type SettledState = 'sent' | 'expired' | 'failed' | 'undeliverable';

export interface PendingDelivery {
  id: string;
  userId: UserId | null;
  /** The message as it came, its address and parameters sealed. Gone once it is settled. */
  content: JsonValue;
  channel: 'email' | 'sms';
  template: string;
  attempts: number;
  expiresAt: Date;
}

export interface Settlement {
  state: SettledState;
  providerMessageId?: string;
  /** A code, never words that somebody else wrote. */
  failure?: string;
  at: Date;
}

/** Messages to people, from being asked for to being settled. */
export class DeliveryRepository extends Repository {
  async insert(delivery: Omit<PendingDelivery, 'attempts'> & { at: Date }): Promise<void> {
    const { id, userId, content, channel, template, expiresAt, at } = delivery;
    await this.affected(
      `insert into auth.deliveries (id, user_id, content, channel, template, state, next_attempt_at, created_at, expires_at)
        values (?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
      [id, userId, JSON.stringify(content), channel, template, at, at, expiresAt],
    );
  }

  /** Takes messages that are due, for this long: whoever crashes while sending lets others try after it. */
  claimDue(now: Date, heldUntil: Date, limit: number): Promise<PendingDelivery[]> {
    return this.rows(
      `update auth.deliveries set attempts = attempts + 1, next_attempt_at = ? where id in
        (select id from auth.deliveries where state = 'pending' and next_attempt_at <= ?
          order by next_attempt_at limit ? for update skip locked)
        returning id, user_id as "userId", content, channel, template, attempts, expires_at as "expiresAt"`,
      [heldUntil, now, limit],
    );
  }

  /** Records how it ended, and wipes what was sealed. */
  async settle(id: string, { state, providerMessageId, failure, at }: Settlement): Promise<void> {
    await this.affected(
      `update auth.deliveries set state = ?, content = null, next_attempt_at = null, settled_at = ?,
        provider_message_id = ?, failure = ? where id = ? and state = 'pending'`,
      [state, at, providerMessageId ?? null, failure ?? null, id],
    );
  }

  async retryAt(id: string, next: Date, failure: string): Promise<void> {
    const sql = `update auth.deliveries set next_attempt_at = ?, failure = ? where id = ? and state = 'pending'`;
    await this.affected(sql, [next, failure, id]);
  }

  removeSettled(before: Date, limit: number): Promise<number> {
    return this.affected(
      `delete from auth.deliveries where id in
        (select id from auth.deliveries where state <> 'pending' and settled_at < ? order by settled_at limit ?)`,
      [before, limit],
    );
  }
}
