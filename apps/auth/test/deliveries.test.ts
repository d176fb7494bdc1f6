import { readerOf } from '@bank/database';
import { uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';

const auth = await startAuth();

interface DeliveryRow {
  state: string;
  content: unknown;
  attempts: number;
  failure: string | null;
  next_attempt_at: Date | null;
}

async function newestDelivery(): Promise<DeliveryRow | undefined> {
  const [row] = await auth.database.query<DeliveryRow & Record<string, unknown>>(
    'select * from auth.deliveries order by id desc limit 1',
  );
  return row;
}

/** Asks for a message to a fresh address and waits until it was taken over. */
async function ask(): Promise<string> {
  const before = (await auth.database.query('select 1 from auth.deliveries')).length;
  const email = freshEmail();
  await post(auth, '/v1/auth/register', registration(email));
  await until(async () => (await auth.database.query('select 1 from auth.deliveries')).length > before);
  return email;
}

describe('a message to a person', () => {
  it('is sent once, recorded, and wiped', async () => {
    const email = await ask();
    await auth.mailbox.newest(email, /Confirm/);
    const sent = await until(async () => {
      const row = await newestDelivery();
      return row?.state === 'sent' ? row : undefined;
    });
    expect(sent).toMatchObject({ content: null, attempts: 1, next_attempt_at: null });
    expect(await auth.mailbox.received(email)).toHaveLength(1);
    const told = await auth.database.query(
      `select 1 from auth.outbox where destination = 'audit' and data ->> 'action' = 'auth.delivery.sent'`,
    );
    expect(told.length).toBeGreaterThan(0);
  });

  it('goes to the address of a user, wherever it was asked for', async () => {
    const account = await register(auth);
    await post(auth, '/v1/auth/register', registration(account.email));
    await auth.mailbox.newest(account.email, /tried to register/);
  });

  it('that is not due yet is not overdue in the metrics', async () => {
    const overdue = async () => {
      const text = await auth.ctx.metrics.text();
      return Number(/^message_overdue_seconds\{channel="email",.*\} (.*)$/m.exec(text)?.[1]);
    };
    // Of those before, none is on its way any more: what is being sent is due again, should it fail.
    await until(async () => (await readerOf(auth.ctx).deliveries.oldestDue('email')) === undefined);
    const due = new Date(auth.clock.now().getTime() + 3_600_000);
    await auth.database.query(
      `insert into auth.deliveries (id, content, channel, template, state, next_attempt_at, created_at, expires_at)
        values ($1, '{}', 'email', 'x', 'pending', $2, $2, $2)`,
      [uuidv7(), due],
    );
    expect(await overdue()).toBe(0);
    expect(await readerOf(auth.ctx).deliveries.oldestDue('email')).toEqual(due);
    await auth.database.query(`delete from auth.deliveries where template = 'x'`);
  });

  it('is tried again while the failure may pass', async () => {
    auth.mailbox.refuseWith(451);
    const email = await ask();
    const waiting = await until(async () => {
      const row = await newestDelivery();
      return row?.failure === null ? undefined : row;
    });
    expect(waiting).toMatchObject({ state: 'pending', attempts: 1, content: expect.anything() });
    auth.mailbox.refuseWith(0);
    auth.clock.advance(6000);
    await auth.mailbox.newest(email, /Confirm/);
  });

  it('is given up when it is refused for good, and wiped', async () => {
    auth.mailbox.refuseWith(550);
    const email = await ask();
    const failed = await until(async () => {
      const row = await newestDelivery();
      return row?.state === 'failed' ? row : undefined;
    });
    auth.mailbox.refuseWith(0);
    expect(failed.content).toBeNull();
    expect(await auth.mailbox.received(email)).toEqual([]);
  });

  it('expires unsent when it would be late', async () => {
    auth.mailbox.refuseWith(451);
    await ask();
    await until(async () => (await newestDelivery())?.failure !== null);
    auth.clock.advance(700_000);
    const expired = await until(async () => {
      const row = await newestDelivery();
      return row?.state === 'expired' ? row : undefined;
    });
    auth.mailbox.refuseWith(0);
    expect(expired.content).toBeNull();
  });

  it('is dropped when there is nobody to send it to', async () => {
    const account = await register(auth);
    await auth.database.query(`update auth.users set status = 'erased', contact = null where id = $1`, [account.id]);
    await post(auth, '/v1/auth/register', registration(account.email));
    await until(async () => (await newestDelivery())?.state === 'undeliverable');
  });
});
