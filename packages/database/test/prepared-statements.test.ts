import { Secret, systemIds } from '@bank/domain';
import { raceOf } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { readerOf, runStatement, withTransaction } from '#index.ts';
import { openShop, type ShopContext, unaudited } from './fixture.ts';

const { postgres, connect } = await openShop();
const direct = new Secret(postgres.urlFor('shop_app'));

/** One process with one connection, past any pooler. */
const oneConnection = () => connect({ url: direct, directUrl: direct, poolMax: 1 });

/** What the connection has prepared of the widgets, and how often it was run. */
async function prepared(ctx: ShopContext): Promise<{ statement: string; runs: number }[]> {
  const { rows } = await runStatement(
    ctx.database.fork(),
    `select statement, (generic_plans + custom_plans)::int as runs from pg_prepared_statements
      where statement like '%shop.widgets%' order by statement`,
  );
  return rows as { statement: string; runs: number }[];
}

describe('statements that come again', () => {
  it('are prepared once by a connection, in transactions and outside of them', async () => {
    const ctx = await oneConnection();
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
    for (let run = 0; run < 4; run += 1) {
      await readerOf(ctx).widgets.countOf(id);
      await withTransaction(ctx, unaudited, (tx) => tx.widgets.countOf(id));
    }
    expect(await prepared(ctx)).toEqual([{ statement: 'select count from shop.widgets where id = $1', runs: 7 }]);
  });

  it('fail, and are used again by the same connection', async () => {
    const ctx = await oneConnection();
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
    for (let run = 0; run < 3; run += 1) {
      const twice = withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
      await expect(twice).rejects.toMatchObject({ code: '23505' });
      await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(systemIds.next()));
    }
    expect((await prepared(ctx)).map(({ statement }) => statement.split(' ')[0])).toEqual(['insert']);
  });

  it('go on while a migration adds a column, whatever they read', async () => {
    const ctx = await oneConnection();
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
    const readAll = () =>
      withTransaction(ctx, unaudited, async (tx) => {
        const all = await runStatement(tx.em, 'select * from shop.widgets where id = ?', [id]);
        const changed = await runStatement(tx.em, 'update shop.widgets set count = 1 where id = ? returning *', [id]);
        return [all.affected, changed.affected, await tx.widgets.countOf(id)];
      });
    for (let run = 0; run < 8; run += 1) expect(await readAll()).toEqual([1, 1, 1]);
    await postgres.query('alter table shop.widgets add column colour text');
    try {
      expect(await readAll()).toEqual([1, 1, 1]);
    } finally {
      await postgres.query('alter table shop.widgets drop column colour');
    }
    expect(await readAll()).toEqual([1, 1, 1]);
  });

  it('keep to their own connection when many run side by side', async () => {
    const ctx = await connect({ url: direct, directUrl: direct, poolMax: 8 });
    const results = await raceOf(40, async () => {
      const id = systemIds.next();
      await withTransaction(ctx, unaudited, async (tx) => {
        await Promise.all([tx.widgets.add(id), tx.widgets.increment(id), tx.widgets.increment(id)]);
      });
      return readerOf(ctx).widgets.countOf(id);
    });
    expect(results).toEqual(Array(40).fill({ status: 'fulfilled', value: 2 }));
  });
});
