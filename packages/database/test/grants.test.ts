import { systemIds } from '@bank/domain';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from './fixture.ts';

const { postgres } = await openShop();
const privileges = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'];

/** Privileges on whole tables. Columns that alone may be updated are tried below. */
const expected: Readonly<Record<string, readonly string[]>> = {
  widgets: ['select', 'insert', 'update', 'delete'],
  visits: ['select', 'insert', 'update', 'delete'],
  emails: ['select', 'insert', 'delete'],
  words: ['select', 'insert', 'delete'],
  tags: ['select', 'insert', 'delete'],
  outbox: ['select', 'insert'],
  outbox_sequences: ['select', 'insert'],
  inbox: ['select', 'insert'],
  data_keys: ['select', 'insert'],
  data_key_tombstones: ['select', 'insert'],
  idempotency_keys: ['select', 'insert', 'update', 'delete'],
  approvals_consumed: ['select', 'insert'],
  partitioned_tables: [],
  migrations: [],
};

async function tablesOf(schema: string): Promise<string[]> {
  const rows = await postgres.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p')`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

async function held(role: string, table: string): Promise<string[]> {
  const rows = await postgres.query<{ privilege: string }>(
    'select p as privilege from unnest($3::text[]) p where has_table_privilege($1, $2, p)',
    [role, table, privileges],
  );
  return rows.map(({ privilege }) => privilege);
}

describe('privileges of an app role (SR-69)', () => {
  it('are on its own tables as listed, and on no partition', async () => {
    for (const table of await tablesOf('shop')) {
      expect([table, await held('shop_app', `shop.${table}`)]).toEqual([table, expected[table] ?? []]);
    }
  });

  it('are on nothing of a neighbour', async () => {
    const tables = await tablesOf('stock');
    expect(tables).toContain('items');
    for (const table of tables) {
      expect([table, await held('shop_app', `stock.${table}`)]).toEqual([table, []]);
      expect([table, await held('shop_owner', `stock.${table}`)]).toEqual([table, []]);
    }
  });

  it('make no role more than it is', async () => {
    const rows = await postgres.query(
      `select rolname from pg_roles where rolname ~ '^(shop|stock)_(app|owner)$'
         and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)`,
    );
    expect(rows).toEqual([]);
  });
});

describe('what is refused', () => {
  const app = new pg.Client({ connectionString: postgres.urlFor('shop_app') });
  const owner = new pg.Client({ connectionString: postgres.urlFor('shop_owner') });
  beforeAll(() => Promise.all([app.connect(), owner.connect()]));
  afterAll(() => Promise.all([app.end(), owner.end()]));

  it.each([
    'create table shop.mine (id int)',
    'create table public.mine (id int)',
    'create temp table mine (id int)',
    'create schema mine',
    'create role mine',
    'alter table shop.widgets add column more text',
    'drop table shop.widgets',
    'truncate shop.widgets',
    'create index on shop.widgets (count)',
    'select * from stock.items',
    'insert into stock.items values (gen_random_uuid())',
    'select * from stock.outbox',
    'select stock.maintain_partitions(1)',
    'set role shop_owner',
    'delete from shop.outbox',
    `update shop.outbox set data = '{}'`,
    'delete from shop.inbox',
    'update shop.inbox set handled_at = now()',
    'delete from shop.data_keys',
    'update shop.data_keys set user_id = gen_random_uuid()',
    'delete from shop.data_key_tombstones',
    'update shop.data_key_tombstones set destroyed_at = now()',
    'select * from shop.inbox_default',
    'select shop.create_partitions(1)',
    'select shop.drop_partitions()',
    `insert into shop.partitioned_tables values ('widgets', 'id', 'touched_at', 1, 'true')`,
    'select * from shop.migrations',
  ])('for the app: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it.each([
    'select * from stock.items',
    'create schema mine',
    'create table public.mine (id int)',
    'set role stock_app',
  ])('for the owner: %s', async (statement) => {
    await expect(owner.query(statement)).rejects.toThrow('permission denied');
  });

  it('does not hinder what the app needs', async () => {
    await app.query(`insert into shop.widgets (id, name, count, touched_at) values ($1, 'grant', 0, now())`, [
      systemIds.next(),
    ]);
    await app.query(`select shop.append_outbox('shop', 'r', 't', '[]')`);
    await app.query('select id from shop.outbox for update skip locked');
    await app.query('update shop.outbox set published_at = now() where published_at is null');
    await app.query('select * from shop.maintain_partitions(1)');
    expect((await app.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '15s' }]);
  });
});
