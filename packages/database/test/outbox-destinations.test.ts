import { systemIds } from '@bank/domain';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOutboxStore, type OutboxRow, withTransaction } from '#index.ts';
import { openShop, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres } = await openShop();
const store = createOutboxStore(ctx.database);

beforeEach(async () => {
  await postgres.query('update shop.outbox set published_at = now() where published_at is null');
});

async function givenEvents(count: number): Promise<void> {
  await withTransaction(ctx, unaudited, async (tx) => {
    for (let event = 0; event < count; event += 1) await tx.emit(widgetMade(systemIds.next()));
  });
}

/** Entries for the ledger that were written before anything else and wait still. */
async function givenEntries(count: number): Promise<void> {
  await postgres.query(
    `insert into shop.outbox (id, destination, type, subject, dataschema, data, request_id, traceparent)
     select id, 'audit', 't', 's', 'd', '{}', 'r', 't' from unnest($1::uuid[]) as id`,
    [Array.from({ length: count }, () => systemIds.next())],
  );
}

async function claimed(claim: Parameters<typeof store.publishBatch>[0]): Promise<readonly OutboxRow[]> {
  const rows: OutboxRow[] = [];
  await store.publishBatch(claim, async (batch) => {
    rows.push(...batch);
    return [];
  });
  return rows;
}

/** Which way a statement goes that is kept prepared, line by line. */
async function planOf(sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare claim as ${sql}`);
    const { rows } = await client.query(`explain execute claim('events', 'deliveries', null, 500)`);
    return rows.map((row) => row['QUERY PLAN']);
  } finally {
    await client.end();
  }
}

describe('what waits for one destination', () => {
  it('takes no place of another in a batch, however long it has waited', async () => {
    await givenEntries(30);
    await givenEvents(3);
    const batch = await claimed({ limit: 10 });
    expect(batch.map(({ destination }) => destination)).toEqual([
      ...Array(10).fill('audit'),
      ...Array(3).fill('events'),
    ]);
    expect(batch.map(({ id }) => id)).toEqual(batch.map(({ id }) => id).toSorted());
  });

  it('is left out where it is not asked for', async () => {
    await givenEntries(5);
    await givenEvents(2);
    const batch = await claimed({ limit: 10, destinations: ['deliveries', 'events'] });
    expect(batch.map(({ destination }) => destination)).toEqual(['events', 'events']);
    expect(await claimed({ limit: 10, destinations: ['deliveries'] })).toEqual([]);
  });

  it('is not read to find what waits for another', async () => {
    // As statistics see it after hours in which one destination alone could not be published: there is no other.
    await postgres.query('truncate shop.outbox');
    await givenEntries(20_000);
    await postgres.query('analyze shop.outbox');
    await givenEvents(2);
    let claim = '';
    await store.publishBatch({ limit: 500, destinations: ['deliveries', 'events'] }, async (rows) => {
      expect(rows).toHaveLength(2);
      const [session] = await postgres.query<{ query: string }>(
        `select query from pg_stat_activity where datname = current_database() and query like '%skip locked%'
          and state = 'idle in transaction'`,
      );
      claim = session?.query ?? '';
      return [];
    });
    const lines = (await planOf(claim)).filter((line) => / Scan .*on outbox/.test(line));
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.filter((line) => !line.includes('waiting_index'))).toEqual([]);
  });
});
