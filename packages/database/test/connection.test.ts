import { Secret, systemIds } from '@bank/domain';
import { raceOf, testProxy, until, winners } from '@bank/testing';
import { describe, expect, it, vi } from 'vitest';
import { isCheckViolation, isUniqueViolation, readerOf, runStatement, withStatement, withTransaction } from '#index.ts';
import { openShop, unaudited, Widget } from './fixture.ts';

const { ctx, postgres, connect } = await openShop();

/** What a restart of Postgres does to its clients. */
async function breakConnections(): Promise<void> {
  await postgres.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'shop_app'`,
  );
}

const unavailable = expect.objectContaining({
  code: 'service.unavailable',
  details: { retryAfterSeconds: expect.any(Number) },
});

describe('a lost connection', () => {
  it('is service.unavailable in the transaction it hits, and takes no place of the pool away', async () => {
    const small = await connect({ poolMax: 3 });
    const [allBegun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let begun = 0;
    const transactions = Promise.allSettled(
      Array.from({ length: 3 }, () =>
        withTransaction(small, unaudited, async (tx) => {
          await tx.widgets.add(systemIds.next());
          begun += 1;
          if (begun === 3) {
            allBegun.resolve();
          }
          await goOn.promise;
          await tx.widgets.add(systemIds.next());
        }),
      ),
    );
    await allBegun.promise;
    await breakConnections();
    goOn.resolve();
    expect(await transactions).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: unavailable })));

    const recovered = await raceOf(9, () =>
      withTransaction(small, unaudited, (tx) => tx.widgets.add(systemIds.next())),
    );
    expect(winners(recovered)).toHaveLength(9);
  });

  it.each([1, 3])('costs a statement by itself, and nobody who waits for its place: %i of them', async (poolMax) => {
    const small = await connect({ poolMax });
    const sleeping = Array.from({ length: poolMax }, () => runStatement(small.database.fork(), 'select pg_sleep(30)'));
    const interrupted = Promise.allSettled(sleeping);
    await until(async () => {
      const rows = await postgres.query(
        `select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(30)' and state = 'active'`,
      );
      return rows.length === poolMax;
    });
    const waiting = raceOf(9, () => withStatement(small, unaudited, (at) => at.widgets.add(systemIds.next())));
    await breakConnections();
    const lost = Array.from({ length: poolMax }, () => ({ status: 'rejected', reason: unavailable }));
    expect(await interrupted).toEqual(lost);
    expect(winners(await waiting)).toHaveLength(9);
  });

  it('takes no place away either when the entity manager had opened the transaction', async () => {
    const small = await connect({ poolMax: 1 });
    const interrupted = small.database.fork().transactional(async (em) => {
      await em.findOne(Widget, { name: 'any' });
      await breakConnections();
      await em.findOne(Widget, { name: 'any' });
    });
    await expect(interrupted).rejects.toEqual(unavailable);
    await until(() => small.database.ping().then(() => true), { deadlineMs: 4000 });
  });

  it('leaves nothing of a transaction whose commit it hit', async () => {
    const id = systemIds.next();
    const interrupted = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await breakConnections();
    });
    await expect(interrupted).rejects.toEqual(unavailable);
    await until(() =>
      readerOf(ctx)
        .widgets.countOf(systemIds.next())
        .then(() => true),
    );
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('is service.unavailable for entities, statements and pings of a server that is away', async () => {
    const away = await connect({ url: new Secret('postgres://shop_app:test@127.0.0.1:1/shop') });
    const em = away.database.fork();
    await expect(em.findOne(Widget, { name: 'any' })).rejects.toEqual(unavailable);
    await expect(runStatement(em, 'select 1')).rejects.toEqual(unavailable);
    await expect(away.database.ping()).rejects.toEqual(unavailable);
    await expect(withTransaction(away, unaudited, async () => 1)).rejects.toEqual(unavailable);
    const stop = await away.database.listen('nothing', () => undefined);
    await stop();
  });

  it('is made good by a listener, who tells what may have been missed', async () => {
    const onNotify = vi.fn();
    const stop = await ctx.database.listen('shop_test', onNotify);
    await breakConnections();
    await until(() => onNotify.mock.calls.length === 1, { what: 'the call after reconnecting' });
    await postgres.query(`select pg_notify('shop_test', '')`);
    await until(() => onNotify.mock.calls.length === 2, { what: 'the notification' });
    await stop();
  });
});

describe('a server that is away when a process starts', () => {
  const listening = () =>
    postgres.query(
      `select 1 from pg_stat_activity where datname = current_database() and application_name like '%:listen'`,
    );

  it('is listened to on one connection, however many channels were asked for before and after it came', async () => {
    const proxy = await testProxy(postgres.urlFor('shop_app'));
    const late = await connect({ directUrl: new Secret(proxy.url) });
    const before = (await listening()).length;
    await proxy.cut();
    const missed = vi.fn();
    await late.database.listen('shop_one', missed);
    await proxy.restore();
    await late.database.listen('shop_two', () => undefined);
    await until(() => missed.mock.calls.length === 1, { what: 'the call after the pause' });
    expect(await listening()).toHaveLength(before + 1);
    await proxy.close();
  });
});

describe('errors that do not pass', () => {
  it('keep their kind and the name of the constraint', async () => {
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id, `name ${id}`));
    const again = withTransaction(ctx, unaudited, (tx) => tx.widgets.add(systemIds.next(), `name ${id}`));
    const error: unknown = await again.catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error, 'widgets_name_key')).toBe(true);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'widgets_pkey')).toBe(false);
    expect(isCheckViolation(error)).toBe(false);
  });

  it('that a statement timeout is not: it passes', async () => {
    const slow = withTransaction(ctx, unaudited, async (tx) => {
      await runStatement(tx.em, `set local statement_timeout = '20ms'`);
      await runStatement(tx.em, 'select pg_sleep(5)');
    });
    await expect(slow).rejects.toEqual(unavailable);
  });
});

describe('values', () => {
  it('come as dates, numbers, days and bytes, and go as they are', async () => {
    const at = new Date('2026-02-03T04:05:06.789Z');
    const sql = `select ?::timestamptz as at, ?::bigint as small, 9007199254740993 as large, ?::date as day,
      ?::bytea as bytes, ?::jsonb as json, ?::text[] as list, '?' as mark`;
    const params = [at, 42, '2026-01-31', new Uint8Array([0, 255]), { a: [1] }, ['x', "y'z"]];
    expect((await runStatement(ctx.database.fork(), sql, params)).rows).toEqual([
      {
        at,
        small: 42,
        large: '9007199254740993',
        day: '2026-01-31',
        bytes: Buffer.from([0, 255]),
        json: { a: [1] },
        list: ['x', "y'z"],
        mark: '?',
      },
    ]);
  });

  it('are the same in entities', async () => {
    const [id, touchedAt] = [systemIds.next(), new Date('2026-02-03T04:05:06.789Z')];
    await withTransaction(ctx, unaudited, async (tx) => {
      tx.em.create(Widget, { id, name: id, count: 1, total: 2 ** 40, day: '2026-01-31', touchedAt });
    });
    const found = await ctx.database.fork().findOneOrFail(Widget, { id });
    expect(found).toMatchObject({ count: 1, total: 2 ** 40, day: '2026-01-31', touchedAt });
    await withTransaction(ctx, unaudited, async (tx) => {
      (await tx.em.findOneOrFail(Widget, { id })).count = 7;
    });
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(7);
  });
});

describe('metrics', () => {
  it('watch the pool', async () => {
    const watchPool = vi.fn();
    const watched = await connect({ metrics: { watchPool }, poolMax: 2 });
    await watched.database.ping();
    const [name, state] = watchPool.mock.calls[0] ?? expect.unreachable();
    expect([name, state()]).toEqual(['postgres', { size: 1, idle: 1, waiting: 0 }]);
  });
});
