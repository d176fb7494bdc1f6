import { AuthService } from '@bank/proto/auth';
import { holdUntilAwaited, raceOf, until } from '@bank/testing';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { clientAs, onBehalfOf } from './support/rpc.ts';
import { approved, payment, paymentsCaller } from './support/transactions.ts';

const auth = await startAuth({ callers: paymentsCaller, env: { DATABASE_POOL_MAX: '4' } });
const client = await clientAs(auth, 'payments', AuthService);

const consume = ({ accessToken }: Account, token: string): Promise<string> =>
  client.consumeTransactionToken({ token, ...payment } as never, onBehalfOf(accessToken)).then(
    () => 'approved',
    ({ code }) => code,
  );

const signOut = ({ accessToken: token }: Account) => post(auth, '/v1/auth/logout', {}, { token });

interface Times {
  readonly consumedAt: Date | null;
  readonly revokedAt: Date | null;
}

async function timesOf(token: string): Promise<Times> {
  const [row] = await auth.database.query<Times>(
    `select t.consumed_at as "consumedAt", s.revoked_at as "revokedAt"
      from auth.transactions t join auth.sessions s on s.id = t.session_id where t.id = $1`,
    [decodeJwt(token).jti],
  );
  if (row === undefined) throw new Error('there is no such transaction');
  return row;
}

/** Of the connections of this database alone: others of the cluster wait for their own. */
const isWaiting = 'datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0';

/** A connection that holds a row until it is told to let go. */
async function holder(statement: string): Promise<{ awaitedBy: () => Promise<number>; letGo: () => Promise<unknown> }> {
  const held = new pg.Client({ connectionString: auth.database.adminUrl });
  await held.connect();
  onTestFinished(() => held.end());
  await held.query('begin');
  await held.query(statement);
  const { rows } = await held.query('select pg_backend_pid() as pid');
  const sql = 'select 1 from pg_stat_activity where $1 = any (pg_blocking_pids(pid))';
  return {
    awaitedBy: async () => (await auth.database.query(sql, [rows[0].pid])).length,
    letGo: () => held.query('commit'),
  };
}

describe('SR-46, SR-63 a transaction whose session ends just then', () => {
  it.each([
    ['signs out', () => ''],
    ['is stopped', (id: string) => `update auth.users set status = 'locked' where id = '${id}';`],
    ['has everything ended', (id: string) => `update auth.users set cut_off_at = now() where id = '${id}';`],
  ])('is not executed where the user %s before', async (_how, moved) => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const end = `update auth.sessions set revoked_at = now(), end_reason = 'logout' where id = '${account.sessionId}'`;
    const { committed } = await holdUntilAwaited(auth.database, `${moved(account.id)} ${end}`);
    expect(await consume(account, token)).toBe('auth.token.invalid');
    await committed;
    expect((await timesOf(token)).consumedAt).toBeNull();
  });

  it('is executed before the session ends where it was looked at before: that waits', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const row = await holder(`select 1 from auth.transactions where id = '${decodeJwt(token).jti}' for update`);
    const consumed = consume(account, token);
    await until(async () => (await row.awaitedBy()) === 1, { what: 'the transaction to be awaited' });
    let isOut = false;
    const signedOut = signOut(account).then(({ status }) => {
      isOut = true;
      return status;
    });
    const isHeldUp = async () =>
      isOut || (await auth.database.query(`select 1 from pg_stat_activity where ${isWaiting}`)).length === 2;
    await until(isHeldUp, { what: 'the sign-out to wait, or to be done' });
    expect(isOut).toBe(false);
    await row.letGo();
    expect([await consumed, await signedOut]).toEqual(['approved', 204]);
  });

  it('is executed before or not at all, twenty times', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await approved(auth, account);
      const outcomes = await raceOf(8, async (number) =>
        number === round % 8 ? (await signOut(account)).status : await consume(account, token),
      );
      const answers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason));
      const { consumedAt, revokedAt } = await timesOf(token);
      expect(answers.filter((answer) => answer === 204)).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'approved')).toHaveLength(consumedAt === null ? 0 : 1);
      expect(consumedAt === null || (revokedAt !== null && consumedAt <= revokedAt)).toBe(true);
    }
  });
});
