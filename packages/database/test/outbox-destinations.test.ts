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

/** The statement that claims rows, prepared by a session of its own as a relay keeps it. At least one row waits. */
async function withPreparedClaim<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  let claim = '';
  await store.publishBatch({ limit: 500 }, async () => {
    const [session] = await postgres.query<{ query: string }>(
      `select query from pg_stat_activity where datname = current_database() and query like '%skip locked%'
        and state = 'idle in transaction'`,
    );
    claim = session?.query ?? '';
    return [];
  });
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    await client.query(`prepare claim as ${claim}`);
    return await work(client);
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
    const { rows } = await withPreparedClaim(async (client) => {
      await client.query('set plan_cache_mode = force_generic_plan');
      return client.query(`explain execute claim('events', 'deliveries', null, 500)`);
    });
    const lines = rows.map((row) => row['QUERY PLAN']).filter((line) => / Scan .*on outbox/.test(line));
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.filter((line) => !line.includes('waiting_index'))).toEqual([]);
  });
});

it('a claim is planned once, since a relay that has nothing to do makes one each second', async () => {
  await givenEntries(5000);
  await postgres.query('update shop.outbox set published_at = now() where published_at is null');
  await postgres.query('analyze shop.outbox');
  await givenEvents(1);
  const plans = await withPreparedClaim(async (client) => {
    for (let time = 0; time < 20; time += 1) await client.query(`execute claim('events', 'deliveries', 'audit', 500)`);
    const { rows } = await client.query<{ plans: number }>(
      'select generic_plans::int as plans from pg_prepared_statements',
    );
    return rows[0]?.plans;
  });
  expect(plans).toBe(15);
});
