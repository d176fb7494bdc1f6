import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, Secret, systemIds } from '@bank/domain';
import { testProxy } from '@bank/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runStatement, withTransaction } from '#index.ts';
import { openShop, type ShopContext, unaudited, Widget } from './fixture.ts';

const { postgres, connect } = await openShop();

const statementDeadlineMs = 400;

/** One process of the service, by way of a proxy that can stand in for a host that vanishes. */
async function connectByProxy(poolMax: number) {
  const proxy = await testProxy(postgres.urlFor('shop_app'));
  onTestFinished(() => proxy.close());
  const url = new Secret(proxy.url);
  return { proxy, ctx: await connect({ url, directUrl: url, poolMax, statementDeadlineMs }) };
}

const add = (ctx: ShopContext) => withTransaction(ctx, unaudited, (tx) => tx.widgets.add(systemIds.next()));

/** How it failed, and after how long. */
async function failureOf(work: Promise<unknown>) {
  const began = performance.now();
  const error: unknown = await work.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
  return { error, ms: performance.now() - began };
}

describe('a host that vanishes without a word', () => {
  it.each<[string, (ctx: ShopContext) => Promise<unknown>]>([
    ['a transaction', add],
    ['a statement alone', ({ database }) => runStatement(database.fork(), 'select 1')],
    ['an entity', ({ database }) => database.fork().findOne(Widget, { name: 'any' })],
    ['a ping', ({ database }) => database.ping()],
  ])('is service.unavailable at the deadline for %s, which gives its place back', async (_what, work) => {
    const { proxy, ctx } = await connectByProxy(1);
    await ctx.database.ping(); // connected
    proxy.hang();
    const { error, ms } = await failureOf(work(ctx));
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'service.unavailable', reason: 'database connection: ETIMEDOUT' });
    expect(ms).toBeGreaterThan(statementDeadlineMs - 5);
    expect(ms).toBeLessThan(statementDeadlineMs * 2);
    expect(ctx.database.pool.totalCount).toBe(0);
    await proxy.restore();
    await work(ctx);
  });

  it('leaves no place taken by those that were within a transaction, whatever they waited for', async () => {
    const { proxy, ctx } = await connectByProxy(3);
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let count = 0;
    const transactionThat = (ending: 'writes' | 'commits' | 'fails') =>
      withTransaction(ctx, unaudited, async (tx) => {
        await tx.widgets.add(systemIds.next());
        count += 1;
        if (count === 3) begun.resolve();
        await goOn.promise;
        if (ending === 'writes') await tx.widgets.add(systemIds.next());
        if (ending === 'fails') throw new DomainError('request.invalid');
      });
    const over = Promise.allSettled([transactionThat('writes'), transactionThat('commits'), transactionThat('fails')]);
    await begun.promise;
    proxy.hang();
    goOn.resolve();
    const unavailable = { status: 'rejected', reason: expect.objectContaining({ code: 'service.unavailable' }) };
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'request.invalid' }) };
    expect(await over).toEqual([unavailable, unavailable, refused]);
    expect(ctx.database.pool.totalCount).toBe(0);
    await proxy.restore(); // a server takes its place
    await Promise.all(Array.from({ length: 9 }, () => add(ctx)));
  });
});

describe('a server that answers', () => {
  it('is given the time for each statement, and as much as one likes between two', async () => {
    const { ctx } = await connectByProxy(1);
    await withTransaction(ctx, unaudited, async (tx) => {
      for (let round = 0; round < 3; round += 1) {
        await runStatement(tx.em, 'select pg_sleep(?)', [(statementDeadlineMs * 0.6) / 1000]);
      }
      await pause(statementDeadlineMs * 1.5);
      await tx.widgets.add(systemIds.next());
    });
    expect(ctx.database.pool.totalCount).toBe(1);
  });

  it('and refuses a statement is not waited for', async () => {
    const { ctx } = await connectByProxy(1);
    await withTransaction(ctx, unaudited, (tx) => runStatement(tx.em, 'select 1 / 0')).catch(() => undefined);
    await pause(statementDeadlineMs * 1.5);
    expect(ctx.database.pool.totalCount).toBe(1);
  });
});
