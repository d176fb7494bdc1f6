import { idFloor, systemIds, uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { createOutboxStore, inboxKeepWeeks, maintainPartitions, withTransaction } from '#index.ts';
import { openShop, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres } = await openShop();
const owner = new pg.Client({ connectionString: postgres.urlFor('shop_owner') });
await owner.connect();
afterAll(() => owner.end());

const WEEK_MS = 7 * 24 * 3_600_000;
const weeksFromNow = (weeks: number) => new Date(Date.now() + weeks * WEEK_MS);

/** The Monday on which the week of an instant begins, as partitions are named by it. */
function mondayOf(at: Date): Date {
  const day = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day;
}

function partitionOf(table: string, at: Date): string {
  return `${table}_w${mondayOf(at).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

async function partitionsOf(table: string): Promise<string[]> {
  const rows = await postgres.query<{ name: string }>(
    'select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by 1',
    [`shop.${table}`],
  );
  return rows.map(({ name }) => name);
}

async function tableHolding(id: string): Promise<string | undefined> {
  const [row] = await postgres.query<{ name: string }>(
    'select tableoid::regclass::text as name from shop.visits where id = $1',
    [id],
  );
  return row?.name;
}

/** A week in the past, as if the job had made it then. */
async function pastWeek(table: string, at: Date): Promise<string> {
  const [name, monday] = [partitionOf(table, at), mondayOf(at)];
  const next = new Date(monday.getTime() + WEEK_MS);
  await owner.query(
    `create table shop.${name} partition of shop.${table} for values from ('${idFloor(monday)}') to ('${idFloor(next)}')`,
  );
  return name;
}

const visit = (id: string, at: Date, open = false) =>
  postgres.query('insert into shop.visits (id, at, open) values ($1, $2, $3)', [id, at, open]);

describe('maintainPartitions', () => {
  it('has this week and the next four ready from the first migration', async () => {
    const weeks = [0, 1, 2, 3, 4].map((weeksAhead) => partitionOf('outbox', weeksFromNow(weeksAhead)));
    expect(await partitionsOf('outbox')).toEqual(['outbox_default', ...weeks]);
    expect(await partitionsOf('inbox')).toHaveLength(6);
    expect(await maintainPartitions(ctx.database)).toEqual({ created: [], dropped: [] });
  });

  it('puts a row of today into the partition of its week', async () => {
    const id = systemIds.next();
    await visit(id, new Date());
    expect(await tableHolding(id)).toBe(`shop.${partitionOf('visits', new Date())}`);
  });

  it('makes a week that is missing and moves there what went to the default partition', async () => {
    const at = weeksFromNow(2);
    const [name, id] = [partitionOf('visits', at), uuidv7(at.getTime())];
    await postgres.query(`drop table shop.${name}`);
    await visit(id, at);
    expect(await tableHolding(id)).toBe('shop.visits_default');
    expect((await maintainPartitions(ctx.database)).created).toEqual([name]);
    expect(await tableHolding(id)).toBe(`shop.${name}`);
  });

  it('drops a week past keeping, unless a row of it blocks that', async () => {
    const kept = await pastWeek('visits', weeksFromNow(-3));
    const [old, blocked] = [weeksFromNow(-6), weeksFromNow(-7)];
    const dropped = await pastWeek('visits', old);
    const blockedWeek = await pastWeek('visits', blocked);
    await visit(uuidv7(old.getTime()), old);
    await visit(uuidv7(blocked.getTime()), blocked, true);
    expect((await maintainPartitions(ctx.database)).dropped).toEqual([dropped]);
    expect(await partitionsOf('visits')).toEqual(expect.arrayContaining([kept, blockedWeek]));

    await postgres.query('update shop.visits set open = false');
    expect((await maintainPartitions(ctx.database)).dropped).toEqual([blockedWeek]);
  });

  it('never drops an outbox row that was not published', async () => {
    const old = weeksFromNow(-9);
    const name = await pastWeek('outbox', old);
    await postgres.query(
      `insert into shop.outbox (id, destination, type, subject, sequence, dataschema, data, request_id, traceparent)
       values ($1, 'events', 't', 's', 1, 'd', '{}', 'r', 't')`,
      [uuidv7(old.getTime())],
    );
    expect((await maintainPartitions(ctx.database)).dropped).toEqual([]);
    await createOutboxStore(ctx.database).publishBatch({ limit: 1000 }, async (rows) => rows.map(({ id }) => id));
    expect((await maintainPartitions(ctx.database)).dropped).toEqual([name]);
  });

  it('keeps what an inbox knows for the weeks that it promises, and not much longer', async () => {
    const kept = await pastWeek('inbox', weeksFromNow(-inboxKeepWeeks));
    const dropped = await pastWeek('inbox', weeksFromNow(-inboxKeepWeeks - 1));
    expect((await maintainPartitions(ctx.database)).dropped).toEqual([dropped]);
    expect(await partitionsOf('inbox')).toContain(kept);
  });

  it('trims the default partition by age', async () => {
    await postgres.query(`insert into shop.inbox (message_id, consumer, handled_at) values
      ('00000000-0000-8000-8000-000000000001', 'old', now() - interval '20 weeks'),
      ('00000000-0000-8000-8000-000000000002', 'new', now())`);
    await maintainPartitions(ctx.database);
    expect(await postgres.query('select consumer from shop.inbox')).toEqual([{ consumer: 'new' }]);
  });

  it('may run in several replicas at once, beside writers', async () => {
    await postgres.query(`drop table shop.${partitionOf('visits', weeksFromNow(4))}`);
    const runs = await raceOf(6, async (number) => {
      await withTransaction(ctx, unaudited, (tx) => tx.emit(widgetMade(systemIds.next())));
      return number % 2 === 0 ? maintainPartitions(ctx.database) : { created: [] };
    });
    expect(winners(runs)).toHaveLength(6);
    expect(winners(runs).flatMap(({ created }) => created)).toEqual([partitionOf('visits', weeksFromNow(4))]);
  });
});
