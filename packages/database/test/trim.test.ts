import { fixedClock } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  declareGrowth,
  type Growth,
  growthProblems,
  measureOverdueRows,
  measureTables,
  rolesOf,
  type TrimmedTable,
  trimmingChores,
} from '#index.ts';
import { openShop } from './fixture.ts';

const { ctx, postgres } = await openShop();
const clock = fixedClock();
const dayMs = 86_400_000;

await postgres.query('create table shop.leaves (id integer primary key, fell_at timestamptz, held boolean not null)');
await postgres.query('create index leaves_fell_at on shop.leaves (fell_at)');
await postgres.query(`grant select, delete, update on shop.leaves to ${rolesOf('shop').app}`);

const ofLeaves: TrimmedTable = { by: 'fell_at', keepDays: 2, where: 'not r.held' };
const trimming = (rule = ofLeaves): Growth => ({
  schema: 'shop',
  trimmed: { leaves: rule },
  partitioned: {},
  bounded: {},
});

function trim(): Promise<unknown> {
  const [chore] = trimmingChores(ctx.database, trimming(), clock);
  return chore?.run() ?? Promise.reject(new Error('no chore'));
}

async function givenLeaves(count: number, daysAgo: number | null, { from = 0, held = false } = {}): Promise<void> {
  const fellAt = daysAgo === null ? null : new Date(clock.now().getTime() - daysAgo * dayMs);
  const sql = 'insert into shop.leaves select n, $1, $2 from generate_series($3::integer, $4::integer) as n';
  await postgres.query(sql, [fellAt, held, from, from + count - 1]);
}

async function leavesLeft(): Promise<number[]> {
  return (await postgres.query<{ id: number }>('select id from shop.leaves order by id')).map(({ id }) => id);
}

beforeEach(() => postgres.query('truncate shop.leaves'));

describe('trimming', () => {
  it('removes what is past keeping, in as many batches as it takes, and nothing else', async () => {
    await givenLeaves(1200, 3);
    await givenLeaves(1, 1.9, { from: 2000 });
    await givenLeaves(1, null, { from: 2001 });
    await givenLeaves(1, 9, { from: 2002, held: true });
    expect(await trim()).toBe(1200);
    expect(await leavesLeft()).toEqual([2000, 2001, 2002]);
    expect(await trim()).toBe(0);
  });

  it('waits for nobody: a row that is locked stays for the next time', async () => {
    await givenLeaves(3, 3);
    await ctx.database.fork().transactional(async (em) => {
      await em.execute('select 1 from shop.leaves where id = 1 for update');
      expect(await trim()).toBe(2);
    });
    expect(await trim()).toBe(1);
  });

  it('is done by one replica at a time, and by the next after it', async () => {
    await givenLeaves(3, 3);
    await ctx.database.fork().transactional(async (em) => {
      await em.execute(`select pg_advisory_xact_lock(hashtextextended('shop: trim leaves', 0))`);
      expect(await trim()).toBe(0);
    });
    expect(await trim()).toBe(3);
  });

  it('removes each row once where several begin at once, 20 times', async () => {
    for (let round = 0; round < 20; round += 1) {
      await givenLeaves(700, 3);
      const removed = (await Promise.all([trim(), trim(), trim(), trim()])) as number[];
      expect(removed.reduce((sum, one) => sum + one, 0) + (await leavesLeft()).length).toBe(700);
      await trim();
      expect(await leavesLeft()).toEqual([]);
    }
  });
});

describe('what is measured', () => {
  it('is for how long the oldest row should have been gone', async () => {
    const overdue = async () => (await measureOverdueRows(ctx.database, trimming(), clock)).get('leaves');
    await givenLeaves(1, 1);
    await givenLeaves(1, 9, { from: 1, held: true });
    expect(await overdue()).toBe(0);
    await givenLeaves(2, 3.5, { from: 10 });
    expect(await overdue()).toBeCloseTo(1.5 * 86_400, 0);
  });

  it('is the size of each table, its partitions in it', async () => {
    const sizes = await measureTables(ctx.database);
    expect([...sizes.keys()]).toEqual(expect.arrayContaining(['leaves', 'outbox', 'inbox', 'idempotency_keys']));
    expect([...sizes.keys()].filter((name) => /_w\d{8}$|_default$/.test(name))).toEqual([]);
    expect(sizes.get('outbox')?.bytes).toBeGreaterThan(8192);
  });
});

describe('a declaration', () => {
  const problems = async (own: Parameters<typeof declareGrowth>[1]) =>
    (await growthProblems(ctx.database.fork(), declareGrowth('shop', own))).filter((text) => /leaves|trees/.test(text));
  const bounded = { leaves: 'a test' };

  it('says of every table how it is kept from growing', async () => {
    expect(await problems({ trimmed: {}, bounded: {} })).toEqual([
      'nothing keeps shop.leaves from growing: declare it in storage/growth.ts',
    ]);
    expect(await problems({ trimmed: {}, bounded })).toEqual([]);
  });

  it('says it once', async () => {
    expect(await problems({ trimmed: { leaves: ofLeaves }, bounded })).toEqual(['shop.leaves is declared twice']);
  });

  it('trims by what an index finds', async () => {
    expect(await problems({ trimmed: { leaves: ofLeaves }, bounded: {} })).toEqual([]);
    expect(await problems({ trimmed: { leaves: { by: 'held' } }, bounded: {} })).toEqual([
      'shop.leaves is trimmed by held, which is the first column of no index',
    ]);
  });

  it('calls partitioned what is, and names what exists', async () => {
    expect(await problems({ trimmed: {}, bounded: {}, partitioned: { leaves: 'a test' } })).toEqual([
      'shop.leaves is declared otherwise than it is made',
    ]);
    expect(await problems({ trimmed: {}, bounded: { ...bounded, trees: 'a test' } })).toEqual([
      'shop.trees is declared and does not exist',
    ]);
  });
});
