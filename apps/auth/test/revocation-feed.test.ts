import { createRevocationChannel } from '@bank/redis';
import { until } from '@bank/testing';
import type { RevocationMessage } from '@bank/verifier';
import { describe, expect, it } from 'vitest';
import { publishRevocations, releasePublisher } from '#features/revocation/publish-revocations.ts';
import { readRevocations } from '#features/revocation/read-revocations.ts';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';

const auth = await startAuth();
const idle = await startAuth({ idle: true });
const publisher = { id: crypto.randomUUID() };
const beginning = { epoch: 0, number: 0 };

async function listen(): Promise<RevocationMessage[]> {
  const heard: RevocationMessage[] = [];
  await createRevocationChannel(auth.ctx.redis).subscribe(
    (message) => heard.push(message),
    () => undefined,
  );
  return heard;
}

describe('the publisher of revocations', () => {
  it('pushes an entry within a second of its commit, and a heartbeat each second', async () => {
    const heard = await listen();
    const account = await register(auth);
    await post(auth, '/v1/auth/logout', undefined, { token: account.accessToken });
    const push = await until(() => heard.find(({ entries }) => entries.some(({ sid }) => sid === account.sessionId)), {
      deadlineMs: 1000,
    });
    expect(push.entries.at(-1)?.number).toBe(push.number);
    const beats = heard.length;
    await until(() => heard.length >= beats + 2, { deadlineMs: 3500 });
    expect(heard.at(-1)).toEqual({ epoch: push.epoch, number: push.number, entries: [] });
  });

  it('is one at a time: another gets nothing while the lease is held', async () => {
    const heard = await listen();
    const account = await register(auth);
    expect(await publishRevocations(auth.ctx, { id: crypto.randomUUID() })).toBe(false);
    await post(auth, '/v1/auth/logout', undefined, { token: account.accessToken });
    await until(() => heard.some(({ entries }) => entries.length > 0));
    expect(new Set(heard.map(({ epoch }) => epoch)).size).toBe(1);
  });

  it('numbers what many commit at once without gaps', async () => {
    const accounts = await Promise.all(Array.from({ length: 30 }, () => register(auth)));
    await Promise.all(
      accounts.map(({ accessToken: token }) => post(auth, '/v1/auth/logout-all', undefined, { token })),
    );
    await until(
      async () => (await auth.database.query('select 1 from auth.revocations where number is null')).length === 0,
    );
    const rows = await auth.database.query<{ number: string }>('select number from auth.revocations order by number');
    expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, place) => place + 1));
  });

  it('begins a later epoch when another takes over, and goes on counting', async () => {
    const before = await lease();
    const heard = await listen();
    // As if the holder had been stopped for longer than its lease.
    await auth.database.query(`update auth.revocation_lease set expires_at = now() - interval '1 minute'`);
    const other = { id: crypto.randomUUID() };
    await until(async () => {
      await auth.database.query(`update auth.revocation_lease set expires_at = now() - interval '1 minute'`);
      await publishRevocations(auth.ctx, other);
      return (await lease()).holder === other.id;
    });
    const after = await lease();
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(after.number).toBe(before.number);
    await until(() => heard.some(({ epoch }) => epoch === after.epoch));
    await releasePublisher(auth.ctx, other);
    await until(async () => (await lease()).holder !== other.id);
  });

  it('leaves the list unanswered while nobody publishes: it could lack entries', async () => {
    await expect(readRevocations(idle.ctx, beginning)).rejects.toMatchObject({ code: 'service.unavailable' });
    await publishRevocations(idle.ctx, publisher);
    expect(await readRevocations(idle.ctx, beginning)).toMatchObject({ number: 0, entries: [], hasMore: false });
  });

  it('lists page after page what came after a place, and another epoch from its beginning', async () => {
    await idle.database.query(
      `insert into auth.revocations (id, session_id, not_before, expires_at)
        select gen_random_uuid(), gen_random_uuid(), now(), now() + interval '1 hour' from generate_series(1, 5002)`,
    );
    while (await publishRevocations(idle.ctx, publisher));
    const first = await readRevocations(idle.ctx, beginning);
    expect([first.entries.length, first.number, first.hasMore]).toEqual([5000, 5000, true]);
    const second = await readRevocations(idle.ctx, first);
    expect(second.entries.map(({ number }) => number)).toEqual([5001, 5002]);
    expect(second).toMatchObject({ epoch: first.epoch, number: 5002, hasMore: false });
    expect((await readRevocations(idle.ctx, second)).entries).toEqual([]);
    const other = await readRevocations(idle.ctx, { ...second, epoch: second.epoch - 1 });
    expect(other.entries).toHaveLength(5000);
  });

  it.each([
    ['what everybody was told of is gone', 'number = number - 1'],
    ['the lease that is back had run out', "expires_at = now() - interval '1 second'"],
  ])('SR-46 begins a later epoch after a failover by which %s, though nobody took over', async (_case, older) => {
    await publishRevocations(idle.ctx, publisher);
    const before = await lease(idle);
    await publishRevocations(idle.ctx, publisher);
    expect((await lease(idle)).epoch).toBe(before.epoch);
    await idle.database.query(`update auth.revocation_lease set ${older}`);
    await publishRevocations(idle.ctx, publisher);
    const after = await lease(idle);
    expect(after).toMatchObject({ holder: before.holder });
    expect(after.epoch).toBeGreaterThan(before.epoch);
    await publishRevocations(idle.ctx, publisher);
    expect((await lease(idle)).epoch).toBe(after.epoch);
  });
});

async function lease({ database } = auth): Promise<{ epoch: number; number: number; holder: string }> {
  const [row] = await database.query<{ epoch: string; number: string; holder: string }>(
    'select * from auth.revocation_lease',
  );
  return { epoch: Number(row?.epoch), number: Number(row?.number), holder: row?.holder ?? '' };
}
