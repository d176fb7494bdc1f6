import { testDatabase } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAdministrator } from '#scale/administrator.ts';
import { bytesSql, type DataSet, templateName, uuidv7Sql } from '#scale/data-set.ts';
import { openTableMeter } from '#scale/table-use.ts';
import { ensureTemplate } from '#scale/template.ts';

type Database = Awaited<ReturnType<typeof testDatabase>>;
let database: Database;

beforeAll(async () => {
  database = await testDatabase({ name: 'bench' });
});

function surroundings() {
  const made: string[] = [];
  const stack = {
    apps: {},
    environments: { auth: { DATABASE_URL: database.adminUrl } },
    stores: { postgres: { adminUrl: database.adminUrl } },
    async makeDatabase(name: string) {
      made.push(name);
      await asAdministrator(stack, (client) => client.query(`create database ${name}`));
    },
  };
  return { made, around: { stack, report: () => undefined } };
}

describe('the name of a template', () => {
  const data: DataSet = { name: 'users_10', statements: ['select 1'] };

  test('is another one when the statements or the migrations are', () => {
    const name = templateName(data, ['auth 1']);
    expect(name).toMatch(/^bench_template_users_10_[0-9a-f]{8}$/);
    expect(templateName(data, ['auth 1'])).toBe(name);
    expect(templateName({ ...data, statements: ['select 2'] }, ['auth 1'])).not.toBe(name);
    expect(templateName(data, ['auth 1', 'auth 2'])).not.toBe(name);
  });

  test('is one that Postgres takes without quotes and without cutting it', () => {
    expect(() => templateName({ ...data, name: 'Users' }, [])).toThrow(RangeError);
    expect(() => templateName({ ...data, name: 'u'.repeat(40) }, [])).toThrow(RangeError);
  });
});

describe('keys made by SQL', () => {
  test('are version 7 UUIDs of their moment, each another', async () => {
    const moment = "timestamptz '2026-01-01T00:00:00.123Z'";
    const [row] = await database.query<{ first: string; second: string }>(
      `select ${uuidv7Sql(moment, "'a'")} as first, ${uuidv7Sql(moment, "'b'")} as second`,
    );
    const milliseconds = Date.parse('2026-01-01T00:00:00.123Z').toString(16).padStart(12, '0');
    for (const id of [row?.first, row?.second]) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(id?.replaceAll('-', '').slice(0, 12)).toBe(milliseconds);
    }
    expect(row?.first).not.toBe(row?.second);
  });

  test('sealed bytes have the length that is asked for', async () => {
    const [row] = await database.query<{ bytes: Buffer }>(`select ${bytesSql("'a'", 3)} as bytes`);
    expect(row?.bytes).toHaveLength(96);
  });
});

describe('a template', () => {
  const rows = (count: number): DataSet => ({
    name: `rows_${process.pid}`,
    statements: [`create table rows as select n from generate_series(1, ${count}) as n`],
  });

  afterAll(async () => {
    const { around } = surroundings();
    await asAdministrator(around.stack, async (client) => {
      const { rows: left } = await client.query<{ name: string }>(
        'select datname as name from pg_database where starts_with(datname, $1)',
        [`bench_template_rows_${process.pid}_`],
      );
      for (const { name } of left) await client.query(`drop database ${name} with (force)`);
    });
  });

  test('is built once, again for other statements, and the older one goes', async () => {
    const { around, made } = surroundings();
    const first = await ensureTemplate(around, rows(3));
    expect(await ensureTemplate(around, rows(3))).toBe(first);
    expect(made).toHaveLength(1);
    const second = await ensureTemplate(around, rows(4));
    const counted = await asAdministrator(
      around.stack,
      (client) => client.query('select count(*)::int from rows'),
      second,
    );
    expect(counted.rows).toEqual([{ count: 4 }]);
    const known = await database.query('select 1 from pg_database where datname = $1', [first]);
    expect(known).toEqual([]);
  });

  test('that could not be built to its end is built again', async () => {
    const { around, made } = surroundings();
    const broken: DataSet = { ...rows(5), statements: [...rows(5).statements, 'select 1 / 0'] };
    await expect(ensureTemplate(around, broken)).rejects.toThrow('division by zero');
    await expect(ensureTemplate(around, broken)).rejects.toThrow('division by zero');
    expect(made).toHaveLength(2);
  });
});

test('the pages that other sessions looked at are counted, and reads of whole tables', async () => {
  const { around } = surroundings();
  await database.query('create table kept (id integer primary key, text text)');
  await database.query(`insert into kept select n, 'text' from generate_series(1, 5000) as n`);
  await database.query('vacuum analyze kept');
  const find = async (sql: string) => {
    const client = new pg.Client(database.adminUrl);
    await client.connect();
    for (let id = 1; id <= 10; id += 1) await client.query(sql, [id]);
    await client.end();
  };
  const meter = await openTableMeter(around.stack, 1500);
  const byKey = await meter.during(['public.kept'], () => find('select * from kept where id = $1'));
  // Two pages of the index and one of the table each time; a new session reads the index's first page once.
  expect(byKey).toEqual({ buffers: 31, wholeReads: 0 });
  const whole = await meter.during(['public.kept'], () => find('select * from kept where id + 0 = $1'));
  expect(whole.wholeReads).toBe(10);
});
