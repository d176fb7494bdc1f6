import { type Delivery, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { smsOf } from '@bank/notifications';
import { until } from '@bank/testing';
import type { TestAuth } from './auth.ts';

export interface DeliveryRow {
  [column: string]: unknown;
  id: string;
  channel: string;
  state: string;
  content: unknown;
  attempts: number;
  failure: string | null;
  provider: string | null;
  provider_message_id: string | null;
}

/** Writes messages as any app writes them, in one transaction. */
export function deliver(auth: TestAuth, ...messages: Delivery[]): Promise<void> {
  const access = { who: allow.system('test'), unaudited: 'test' };
  return withTransaction(auth.ctx, access, async (tx) => {
    for (const message of messages) await tx.deliver(message);
  });
}

/** A code to a number, good for so many seconds. */
export function codeSms(auth: TestAuth, phone: string, code = '048291', seconds = 600): Delivery {
  const expiresAt = new Date(auth.clock.now().getTime() + seconds * 1000);
  return { to: { phone }, expiresAt, ...smsOf('phone-code', { code, minutes: 10 }) };
}

/** The delivery that a carrier knows by this id, once it is in that state. */
export function deliveryIn(auth: TestAuth, id: string, state: string): Promise<DeliveryRow> {
  return until(
    async () => {
      const [row] = await auth.database.query<DeliveryRow>('select * from auth.deliveries where id = $1', [id]);
      return row?.state === state ? row : undefined;
    },
    { what: `the delivery to be ${state}` },
  );
}

/** All deliveries of a channel, oldest first. */
export function deliveriesBy(auth: TestAuth, channel: 'email' | 'sms'): Promise<DeliveryRow[]> {
  return auth.database.query<DeliveryRow>('select * from auth.deliveries where channel = $1 order by id', [channel]);
}

/** Numbers that nobody else uses: German mobile ones. */
export function freshPhone(): string {
  return `+49151${String(10_000_000 + Math.floor(Math.random() * 89_999_999))}`;
}
