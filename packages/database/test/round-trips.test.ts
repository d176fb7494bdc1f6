import type { EventEmitter } from 'node:events';
import { systemIds } from '@bank/domain';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { readerOf, withStatement, withTransaction } from '#index.ts';
import { openShop, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres } = await openShop();

/** Counts the round trips of all connections: the server ends each answer by saying that it is ready. */
function countAnswers(): { stop(): number } {
  let count = 0;
  const countOne = () => {
    count += 1;
  };
  const heard = new Set<EventEmitter>();
  const listen = (client: pg.PoolClient) => {
    const { connection } = client as pg.PoolClient & { connection: EventEmitter };
    if (!heard.has(connection)) connection.on('readyForQuery', countOne);
    heard.add(connection);
  };
  ctx.database.pool.on('acquire', listen);
  return {
    stop() {
      ctx.database.pool.off('acquire', listen);
      for (const connection of heard) connection.off('readyForQuery', countOne);
      return count;
    },
  };
}

describe('statements side by side', () => {
  it('sends statements side by side in one round trip, with its beginning, and its outbox rows with the commit', async () => {
    const ids = Array.from({ length: 5 }, () => systemIds.next());
    const answers = countAnswers();
    await withTransaction(ctx, unaudited, async (tx) => {
      await Promise.all(ids.map((id) => tx.widgets.add(id)));
      for (const id of ids) await tx.emit(widgetMade(id));
    });
    expect(answers.stop()).toBe(2);
    expect(await Promise.all(ids.map((id) => readerOf(ctx).widgets.countOf(id)))).toEqual([0, 0, 0, 0, 0]);
    const rows = await postgres.query('select 1 from shop.outbox where subject = any($1)', [ids]);
    expect(rows).toHaveLength(5);
  });

  it('sends a statement that is a transaction of its own by itself', async () => {
    const id = systemIds.next();
    const answers = countAnswers();
    await withStatement(ctx, unaudited, ({ widgets }) => widgets.add(id));
    expect(answers.stop()).toBe(1);
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
  });

  it('refuses a second statement where one was announced, and keeps the first', async () => {
    const [first, second] = [systemIds.next(), systemIds.next()];
    const failing = withStatement(ctx, unaudited, async ({ widgets }) => {
      await widgets.add(first);
      await widgets.add(second);
    });
    await expect(failing).rejects.toThrow('one statement was announced');
    expect(await readerOf(ctx).widgets.countOf(first)).toBe(0);
    expect(await readerOf(ctx).widgets.countOf(second)).toBeUndefined();
  });

  it('makes a statement part of the transaction that it is called in', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await withStatement(tx, unaudited, ({ widgets }) => widgets.add(id));
      await withStatement(tx, unaudited, ({ widgets }) => widgets.add(systemIds.next()));
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
  });

  it('gives each of them its own result, in their order', async () => {
    const [first, second] = [systemIds.next(), systemIds.next()];
    const results = await withTransaction(ctx, unaudited, (tx) =>
      Promise.all([
        tx.widgets.countOf(first),
        tx.widgets.add(first),
        tx.widgets.countOf(first),
        tx.widgets.countOf(second),
      ]),
    );
    expect(results).toEqual([undefined, undefined, 0, undefined]);
  });

  it('keeps nothing when one of them fails, and goes on with the connection', async () => {
    const [first, second] = [systemIds.next(), systemIds.next()];
    const { totalCount } = ctx.database.pool;
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      const stubborn = tx.widgets.countOf(first).catch(() => tx.widgets.countOf(second));
      await Promise.all([tx.widgets.add(first), tx.widgets.add(second), tx.widgets.add(second), stubborn]);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await readerOf(ctx).widgets.countOf(first)).toBeUndefined();
    expect(await readerOf(ctx).widgets.countOf(second)).toBeUndefined();
    expect(ctx.database.pool.totalCount).toBe(totalCount);
  });

  it('refuses a parameter that cannot be sent before it sends anything', async () => {
    const id = systemIds.next();
    const circular: { self?: object } = {};
    circular.self = circular;
    const failing = withTransaction(ctx, unaudited, (tx) => tx.widgets.countOf(circular as string & object));
    await expect(failing).rejects.toThrow('circular');
    await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
  });
});
