import { Secret, systemIds } from '@bank/domain';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it, vi } from 'vitest';
import { createOutboxStore, maintainPartitions, readerOf, runStatement, withTransaction } from '#index.ts';
import { openShop, unaudited, Widget, widgetMade } from './fixture.ts';

// The service as it is behind PgBouncer: a session of the server is whoever's transaction comes next.
const shop = await openShop();
const pooled = { url: new Secret(shop.postgres.pooledUrlFor('shop_app')) };
const direct = { directUrl: new Secret(shop.postgres.urlFor('shop_app')) };
const sessionsMax = 20; // of a role in a database, as the pooler of the tests is set
const ctx = await shop.connect({ ...pooled, ...direct, poolMax: 60 });

/** What each session of the server says, while so many transactions are open that every one of them is in use. */
async function inEverySession<T extends object>(sql: string): Promise<T[]> {
  const [everybodyIsIn, found] = [Promise.withResolvers<void>(), new Map<number, T[]>()];
  await Promise.all(
    Array.from({ length: sessionsMax }, () =>
      withTransaction(ctx, unaudited, async (tx) => {
        const { rows } = await runStatement(tx.em, 'select pg_backend_pid() as pid');
        const [{ pid }] = rows as [{ pid: number }];
        found.set(pid, (await runStatement(tx.em, sql)).rows as T[]);
        if (found.size === sessionsMax) everybodyIsIn.resolve();
        await everybodyIsIn.promise;
      }),
    ),
  );
  return [...found.values()].flat();
}

/** Everything that a service does with its database, by many at once. */
async function everything(): Promise<void> {
  const store = createOutboxStore(ctx.database);
  const results = await raceOf(60, () =>
    withTransaction(ctx, unaudited, async (tx) => {
      const id = systemIds.next();
      await tx.widgets.add(id);
      await tx.emit(widgetMade(id));
      const widget = await tx.em.findOneOrFail(Widget, { id });
      widget.count = 1;
    }),
  );
  expect(winners(results)).toHaveLength(60);
  expect(await store.publishBatch({ limit: 100 }, async (rows) => rows.map(({ id }) => id))).toBe(60);
  await maintainPartitions(ctx.database);
}

describe('behind a pooler in transaction mode', () => {
  it('the limits of the role hold, which no connection asks for', async () => {
    const { rows } = await runStatement(
      ctx.database.fork(),
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle, current_setting('search_path') as path,
        current_setting('timezone') as zone`,
    );
    expect(rows).toEqual([{ statement: '15s', lock: '5s', idle: '30s', path: 'pg_catalog', zone: 'UTC' }]);
  });

  it('what a transaction sets ends with it', async () => {
    await withTransaction(ctx, unaudited, async (tx) => {
      await runStatement(tx.em, `set local statement_timeout = '20ms'`);
    });
    const found = await inEverySession<{ setting: string }>(`select current_setting('statement_timeout') as setting`);
    expect(found.map(({ setting }) => setting)).toEqual(Array(sessionsMax).fill('15s'));
  });

  it('many more connections than sessions are served, and nothing of ours stays in a session', async () => {
    await everything();
    const leftovers = await inEverySession<{ what: string; name: string }>(`
      select 'statement' as what, name from pg_prepared_statements
      union all select 'setting', name from pg_settings where source = 'session'
        and name not in ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings')
      union all select 'temporary table', relname from pg_class where relpersistence = 't'
      union all select 'lock', objid::text from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
      union all select 'channel', channel from pg_listening_channels() as channel`);
    expect(leftovers).toEqual([]);
    const [sessions] = await shop.postgres.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and usename = 'shop_app' and application_name <> 'shop:listen'`,
    );
    // Beside those of the pooler there may be one of the file's own process, which stands before no pooler.
    expect(sessions?.count).toBeLessThanOrEqual(sessionsMax + 1);
  });

  it('notifications come, by a connection past it', async () => {
    const onNotify = vi.fn();
    const stop = await ctx.database.listen('shop_pooled', onNotify);
    ctx.database.notifySoon('shop_pooled');
    await until(() => onNotify.mock.calls.length > 0);
    await stop();
  });

  it('a session that is lost is service.unavailable in its transaction, and the next one works', async () => {
    const id = systemIds.next();
    const interrupted = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await shop.postgres.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and xact_start is not null
          and usename = 'shop_app'`,
      );
      await tx.widgets.increment(id);
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'service.unavailable' });
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('with every session taken, who waits too long is told service.unavailable', async () => {
    const [taken, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let count = 0;
    const holders = Array.from({ length: sessionsMax }, () =>
      withTransaction(ctx, unaudited, async (tx) => {
        await runStatement(tx.em, 'select 1');
        count += 1;
        if (count === sessionsMax) taken.resolve();
        await goOn.promise;
      }),
    );
    await taken.promise;
    await expect(ctx.database.ping()).rejects.toMatchObject({ code: 'service.unavailable' });
    goOn.resolve();
    await Promise.all(holders);
    await ctx.database.ping();
  });
});
