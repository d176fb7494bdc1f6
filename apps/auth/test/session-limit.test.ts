import { withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { openingAudits, openSession } from '#features/session/open-session.ts';
import { type Account, refresh, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get } from './support/http.ts';

const auth = await startAuth();
const max = 10;

async function liveSessions(token: string): Promise<string[]> {
  const { body } = await get(auth, '/v1/auth/sessions?limit=100', token);
  return body.items.map(({ id }: { id: string }) => id);
}

async function openMany(account: Account, count: number) {
  const opened: { sessionId: string; accessToken: string; refreshToken: string }[] = [];
  for (let each = 0; each < count; each += 1) opened.push((await signIn(auth, account)).body);
  return opened;
}

async function endReasons(userId: string): Promise<unknown[]> {
  const rows = await auth.database.query<{ reason: string }>(
    `select end_reason as reason from auth.sessions where user_id = $1 and revoked_at is not null order by id`,
    [userId],
  );
  return rows.map(({ reason }) => reason);
}

describe('a user has at most ten sessions', () => {
  it('the eleventh ends the oldest, says why, and every token of that one stops', async () => {
    const account = await register(auth);
    const opened = await openMany(account, max - 1);
    expect(await endReasons(account.id)).toEqual([]);
    const [eleventh] = await openMany(account, 1);
    const newest = [...opened.map(({ sessionId }) => sessionId), eleventh?.sessionId].reverse();
    expect(await liveSessions(eleventh?.accessToken ?? '')).toEqual(newest);
    expect(await endReasons(account.id)).toEqual(['limit']);
    expect((await refresh(auth, account.refreshToken)).status).toBe(401);
    await until(async () => (await get(auth, '/v1/auth/session', account.accessToken)).status === 401);
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'auth.session_revoked.v1'`,
      [account.id],
    );
    expect(told).toMatchObject([{ data: { sessionId: account.sessionId, reason: 'SESSION_END_REASON_LIMIT' } }]);
    const audited = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and data->>'action' = 'auth.session.revoked'`,
      [account.id],
    );
    expect(audited).toMatchObject([{ data: { reason: 'limit', details: { sessionId: account.sessionId } } }]);
  });

  it('the oldest goes by when it opened, not by its last use', async () => {
    const account = await register(auth);
    const opened = await openMany(account, max - 1);
    const { body: used } = await refresh(auth, account.refreshToken, account.device.secret);
    const [eleventh] = await openMany(account, 1);
    expect((await refresh(auth, used.refreshToken, account.device.secret)).status).toBe(401);
    expect(await liveSessions(eleventh?.accessToken ?? '')).toContain(opened[0]?.sessionId);
  });

  it('what is over already does not count', async () => {
    const account = await register(auth);
    await openMany(account, max - 1);
    auth.clock.advance(16 * 60_000);
    await openMany(account, max);
    expect(await endReasons(account.id)).toEqual([]);
    expect(await liveSessions((await signIn(auth, account)).body.accessToken)).toHaveLength(max);
    expect(await endReasons(account.id)).toEqual(['limit']);
  });

  it("another user's are another matter", async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    await openMany(account, max + 2);
    expect((await refresh(auth, neighbour.refreshToken)).status).toBe(200);
  });

  it('twenty times, however many are opened at once', { timeout: 180_000 }, async () => {
    const client = auth.ctx.clientRegistry.find('web');
    if (client === undefined) throw new Error('there is no such client');
    const device = { input: undefined, secrets: [], network: '198.51.100.0/24' };
    const access = { who: allow.system('test'), audits: openingAudits } as const;
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      await openMany(account, max - 2);
      const user = { id: account.id as UserId, roles: ['customer'] } as const;
      const facts = {
        user,
        client,
        acr: 'aal1',
        amr: ['pwd'],
        device,
        becomesKnown: false,
        dpopJkt: undefined,
      } as const;
      const opened = winners(await raceOf(24, () => withTransaction(auth.ctx, access, (tx) => openSession(tx, facts))));
      expect(opened).toHaveLength(24);
      const [live] = await auth.database.query<{ count: number }>(
        'select count(*)::int as count from auth.sessions where user_id = $1 and revoked_at is null',
        [account.id],
      );
      expect([live?.count, await endReasons(account.id)]).toEqual([max, Array(max - 1 + 24 - max).fill('limit')]);
    }
  });
});
