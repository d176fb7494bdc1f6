import { testGrowth, trimTables } from '@bank/composition/testing';
import { maintainPartitions, readerOf } from '@bank/database';
import type { UserId } from '@bank/domain';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { trimmingChores } from '#jobs/trim.ts';
import { growth } from '#storage/growth.ts';
import { freshEmail, register, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';

const auth = await startAuth();
const dayMs = 86_400_000;

const trim = () => trimTables(auth.ctx, growth, trimmingChores(auth.ctx));

testGrowth(auth, growth);

async function rowsOf(table: string): Promise<number> {
  return (await auth.database.query(`select 1 from auth.${table}`)).length;
}

/** What is settled later than the clock is moved would be young. */
async function allMessagesSettled(): Promise<boolean> {
  const [row] = await auth.database.query<{ asked: number; settled: number }>(
    `select (select count(*)::int from auth.outbox where destination = 'deliveries') as asked,
      (select count(*)::int from auth.deliveries where state <> 'pending') as settled`,
  );
  return row !== undefined && row.settled >= row.asked;
}

describe('trimming', () => {
  it('keeps what is young', async () => {
    const account = await register(auth);
    await post(auth, '/v1/auth/register', registration(freshEmail()));
    await signIn(auth, account, { password: 'not the right one' });
    const before = [await rowsOf('registrations'), await rowsOf('lockouts'), await rowsOf('sessions')];
    await trim();
    expect([await rowsOf('registrations'), await rowsOf('lockouts'), await rowsOf('sessions')]).toEqual(before);
  });

  it('forgets registrations with the data keys of those that came to nothing', async () => {
    const account = await register(auth);
    const { body } = await post(auth, '/v1/auth/register', registration(freshEmail()));
    const [abandoned] = await auth.database.query('select user_id from auth.registrations where id = $1', [
      body.registrationId,
    ]);
    auth.clock.advance(dayMs + 120_000);
    await trim();
    expect(await rowsOf('registrations')).toBe(0);
    const keysOf = async (userId: unknown) =>
      (await auth.database.query('select wrapped from auth.data_keys where user_id = $1', [userId])).map(
        ({ wrapped }) => wrapped === null,
      );
    expect(await keysOf(abandoned?.['user_id'])).toEqual([]);
    expect(await rowsOf('data_key_tombstones')).toBe(0);
    expect(await keysOf(account.id)).toEqual([false, false]);
    const again = await signIn(auth, account);
    expect((await get(auth, '/v1/auth/me', again.body.accessToken)).body.email).toBe(account.email);
  });

  it('SR-69 removes no data key of a user, whoever asks for it', async () => {
    const { id } = await register(auth);
    await readerOf(auth.ctx).dataKeys.removeOfNobody([id as UserId]);
    expect(await auth.database.query('select 1 from auth.data_keys where user_id = $1', [id])).toHaveLength(2);
  });

  it('forgets lockouts, revocations, sessions and settled messages when their time has come', async () => {
    const account = await register(auth);
    await signIn(auth, account, { password: 'not the right one' });
    await post(auth, '/v1/auth/logout-all', undefined, { token: account.accessToken });
    const { registrationId } = (await post(auth, '/v1/auth/register', registration(freshEmail()))).body;
    await post(auth, '/v1/auth/register/verify', { registrationId, code: 'not the right one', clientId: 'mobile' });
    auth.neighbours.factors = [totpFactor];
    expect((await signIn(auth, await register(auth))).body.status).toBe('mfa_required');
    auth.neighbours.factors = [];
    await until(allMessagesSettled);
    await until(async () => (await rowsOf('revocations where number is null')) === 0);
    const tables = ['lockouts', 'revocations', 'sessions', 'sign_ins', 'address_failures'];
    for (const table of tables) expect([table, await rowsOf(table)]).not.toEqual([table, 0]);
    auth.clock.advance(100 * dayMs);
    await trim();
    for (const table of tables) expect([table, await rowsOf(table)]).toEqual([table, 0]);
    expect(await auth.database.query(`select 1 from auth.deliveries where state <> 'pending'`)).toEqual([]);
  });
});

describe('partitions', () => {
  it('of refresh tokens are there for the weeks to come', async () => {
    await maintainPartitions(auth.ctx.database);
    const partitions = await auth.database.query(
      `select 1 from pg_inherits where inhparent = 'auth.refresh_tokens'::regclass`,
    );
    expect(partitions.length).toBeGreaterThanOrEqual(5);
  });
});
