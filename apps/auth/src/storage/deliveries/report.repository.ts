import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { DeliveryChannel } from '#storage/deliveries/delivery.repository.ts';

/** What a carrier says became of a message that it was handed. */
export interface DeliveryReport {
  deliveryId: string;
  /** The carrier's own id of the copy that it speaks of. */
  messageId: string;
  outcome: 'delivered' | 'failed';
  failure: string | null;
}

/** A message whose state a report has changed. */
export interface ReportedDelivery {
  id: string;
  userId: UserId | null;
  channel: DeliveryChannel;
  template: string;
  state: 'delivered' | 'failed';
  failure: string | null;
}

/** A message that a carrier took, and what became of it nobody has said. */
export interface UnheardMessage {
  id: string;
  /** The carrier's own id of it. */
  messageId: string;
}

const returned = `d.id, d.user_id as "userId", d.channel, d.template, d.state, d.failure`;

/** What carriers report. A state that is final stays, whatever is reported later. */
export class ReportRepository extends Repository {
  /** Notes that a callback was taken; false when it was before. */
  async takeOnce(provider: string, digest: Uint8Array, at: Date): Promise<boolean> {
    const taken = await this.affected(
      `insert into auth.callbacks (provider, digest, received_at) values (?, ?, ?)
        on conflict on constraint callbacks_pkey do nothing`,
      [provider, digest, at],
    );
    return taken === 1;
  }

  /** Applies reports of one carrier, at most one a message, and gives the messages whose state they have changed. */
  async apply(provider: string, reports: readonly DeliveryReport[], at: Date): Promise<ReportedDelivery[]> {
    if (reports.length === 0) return [];
    const values = [
      reports.map(({ deliveryId }) => deliveryId),
      reports.map(({ messageId }) => messageId),
      reports.map(({ outcome }) => outcome),
      reports.map(({ failure }) => failure),
    ];
    const reported = `unnest(?::uuid[], ?::text[], ?::text[], ?::text[]) as r (id, message_id, outcome, failure)`;
    // In one order, so that two batches with the same messages cannot wait for each other.
    await this.rows('select 1 from auth.deliveries where id = any (?::uuid[]) order by id for update', [values[0]]);
    const settled = await this.rows<ReportedDelivery>(
      `update auth.deliveries d set state = r.outcome, failure = r.failure from ${reported}
        where d.id = r.id and d.state = 'sent' and d.provider = ? and d.provider_message_id = r.message_id
        returning ${returned}`,
      [...values, provider],
    );
    // A carrier may be quicker with its report than with its answer: what has arrived need not be sent any more …
    const early = await this.rows<ReportedDelivery>(
      `update auth.deliveries d set state = 'delivered', content = null, next_attempt_at = null, settled_at = ?,
          failure = null, provider = ?, provider_message_id = r.message_id from ${reported}
        where d.id = r.id and d.state = 'pending' and r.outcome = 'delivered' returning ${returned}`,
      [at, provider, ...values],
    );
    // … and a copy that has not arrived is remembered until we know that it was the one that counts.
    await this.affected(
      `update auth.deliveries d set refused_message_id = r.message_id, failure = r.failure from ${reported}
        where d.id = r.id and d.state = 'pending' and r.outcome = 'failed'`,
      values,
    );
    return [...settled, ...early];
  }

  /**
   * Takes messages of a carrier about which it is time to ask, since nothing was heard of them, and gives them. The next time
   * is `againAt`, after all that wait now; there is none for a message that was handed over before `since`.
   */
  claimUnheard(
    provider: string,
    { now, againAt, since, limit }: { now: Date; againAt: Date; since: Date; limit: number },
  ): Promise<UnheardMessage[]> {
    return this.rows(
      `update auth.deliveries set ask_at = case when settled_at > ? then ?::timestamptz end where id in
        (select id from auth.deliveries where state = 'sent' and provider = ? and ask_at is not null and ask_at <= ?
          order by ask_at limit ? for update skip locked)
        returning id, provider_message_id as "messageId"`,
      [since, againAt, provider, now, limit],
    );
  }
}
