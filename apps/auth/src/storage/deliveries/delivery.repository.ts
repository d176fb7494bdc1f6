import { Repository } from '@bank/database';
import type { JsonValue, UserId } from '@bank/domain';

export type DeliveryChannel = 'email' | 'sms';

/**
 * How the part of ours ended. `sent`: a carrier has taken it. `undeliverable`: there is nobody to send it to, or no carrier
 * reaches that address. `failed`: it was refused for another reason. `suppressed`: a limit kept it back.
 */
export type SettledState = 'sent' | 'expired' | 'failed' | 'undeliverable' | 'suppressed';

export interface PendingDelivery {
  id: string;
  userId: UserId | null;
  /** The message as it came, its address and parameters sealed. Gone once it is settled. */
  content: JsonValue;
  channel: DeliveryChannel;
  template: string;
  attempts: number;
  /** It has passed the limits in an earlier attempt. */
  admitted: boolean;
  expiresAt: Date;
}

export interface Settlement {
  state: SettledState;
  provider?: string;
  providerMessageId?: string;
  /** A code, never words that somebody else wrote. */
  failure?: string;
  /** When its carrier is asked what became of it, if nothing is heard until then. */
  askAt?: Date | undefined;
  at: Date;
}

/** Messages to people, from being asked for to being settled. */
export class DeliveryRepository extends Repository {
  async insert(delivery: Omit<PendingDelivery, 'attempts' | 'admitted'> & { at: Date }): Promise<void> {
    const { id, userId, content, channel, template, expiresAt, at } = delivery;
    await this.affected(
      `insert into auth.deliveries (id, user_id, content, channel, template, state, next_attempt_at, created_at, expires_at)
        values (?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
      [id, userId, JSON.stringify(content), channel, template, at, at, expiresAt],
    );
  }

  /** Takes messages of a channel that are due, for this long: whoever crashes while sending lets others try after it. */
  claimDue(
    channel: DeliveryChannel,
    { now, heldUntil, limit }: { now: Date; heldUntil: Date; limit: number },
  ): Promise<PendingDelivery[]> {
    return this.rows(
      `update auth.deliveries set attempts = attempts + 1, next_attempt_at = ? where id in
        (select id from auth.deliveries where channel = ? and state = 'pending' and next_attempt_at <= ?
          order by next_attempt_at limit ? for update skip locked)
        returning id, user_id as "userId", content, channel, template, attempts, admitted, expires_at as "expiresAt"`,
      [heldUntil, channel, now, limit],
    );
  }

  /** Since when the message of a channel has been due that is due the longest, or will be. Undefined when none waits. */
  async oldestDue(channel: DeliveryChannel): Promise<Date | undefined> {
    const found = await this.row<{ dueAt: Date }>(
      `select next_attempt_at as "dueAt" from auth.deliveries where channel = ? and state = 'pending'
        order by next_attempt_at limit 1`,
      [channel],
    );
    return found?.dueAt;
  }

  /**
   * Records how it ended, and wipes what was sealed. A carrier that has said meanwhile that it could not deliver this very
   * copy is believed. Undefined when it was settled already.
   */
  async settle(id: string, settlement: Settlement): Promise<SettledState | undefined> {
    const { state, provider, providerMessageId, failure, askAt, at } = settlement;
    const settled = await this.row<{ state: SettledState }>(
      `update auth.deliveries d set content = null, next_attempt_at = null, settled_at = ?, ask_at = ?,
          state = case when s.state = 'sent' and d.refused_message_id = s.message_id then 'failed' else s.state end,
          failure = case when s.state = 'sent' and d.refused_message_id is distinct from s.message_id then null
            else coalesce(s.failure, d.failure) end,
          provider = s.provider, provider_message_id = s.message_id
        from (select ?::text as state, ?::text as provider, ?::text as message_id, ?::text as failure) s
        where d.id = ? and d.state = 'pending' returning d.state`,
      [at, askAt ?? null, state, provider ?? null, providerMessageId ?? null, failure ?? null, id],
    );
    return settled?.state;
  }

  async retryAt(id: string, retry: { next: Date; failure: string; admitted: boolean }): Promise<void> {
    const sql = `update auth.deliveries set next_attempt_at = ?, failure = ?, admitted = admitted or ?
      where id = ? and state = 'pending'`;
    await this.affected(sql, [retry.next, retry.failure, retry.admitted, id]);
  }
}
