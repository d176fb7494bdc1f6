import { type DataRights, dataRightsProblems, declareDataRights } from '@bank/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeApp } from '#index.ts';
import { type TestEnvironment, testEnvironment } from '#testing/index.ts';
import { type BareApp, bare, bareApp, bareGrowth, bareRights, reader } from './bare-app.ts';

let environment: TestEnvironment;
let app: BareApp;

beforeAll(async () => {
  environment = await testEnvironment(bare);
  app = await bareApp(environment.env);
});

afterAll(() => app.service.stop());

/** Adds a table as its owner would, and takes it away again. */
async function withTable<T>(name: string, columns: string, work: () => Promise<T>): Promise<T> {
  await environment.database.query(`create table device.${name} (${columns})`);
  try {
    return await work();
  } finally {
    await environment.database.query(`drop table device.${name}`);
  }
}

const problems = (rights: DataRights = bareRights) => dataRightsProblems(app.ctx.database.fork(), rights);
const own = (declared: Partial<Omit<DataRights, 'schema'>>) =>
  declareDataRights('device', { personal: {}, impersonal: {}, ...declared });
const leaks = { exported: { withheld: 'a test' }, erased: 'deleted' } as const;

describe('the check of data rights', () => {
  test('is content with the tables that every schema has', async () => {
    expect(await problems()).toEqual([]);
  });

  test('names a table that nobody declared, whatever its columns', async () => {
    const found = await withTable('leaks', 'id uuid, note text', problems);
    expect(found).toEqual(['device.leaks is not declared in storage/data-rights.ts']);
  });

  test.each(['user_id', 'subject', 'author_id', 'invited_by', 'maker_id'])(
    'names a table with %s that is called impersonal',
    async (column) => {
      const found = await withTable('leaks', `id uuid, ${column} uuid`, () =>
        problems(own({ impersonal: { leaks: 'nothing' } })),
      );
      expect(found).toEqual([`device.leaks has ${column} and is declared impersonal`]);
    },
  );

  test('names a table that is declared twice, or does not exist', async () => {
    const twice = own({ personal: { leaks }, impersonal: { leaks: 'nothing' } });
    expect(await withTable('leaks', 'user_id uuid', () => problems(twice))).toEqual(['device.leaks is declared twice']);
    expect(await problems(own({ personal: { leaks } }))).toEqual(['device.leaks is declared and does not exist']);
  });

  test('names a column that does not exist', async () => {
    const exported = { key: 'id', columns: { note: 'remark' }, sealed: [{ column: 'name', group: 'name' }] };
    const erased = { cleared: ['words'], because: 'a test' };
    const rights = own({ personal: { leaks: { exported, erased } } });
    const found = await withTable('leaks', 'id uuid, user_id uuid', () => problems(rights));
    expect(found).toEqual(['remark', 'name', 'words'].map((column) => `device.leaks has no column ${column}`));
  });

  test('counts a partitioned table once', async () => {
    const found = await withTable('leaks', 'id uuid) partition by hash (id', async () => {
      await environment.database.query(
        'create table device.leaks_0 partition of device.leaks for values with (modulus 1, remainder 0)',
      );
      return problems();
    });
    expect(found).toHaveLength(1);
  });
});

test('an app that leaves the rights of people out is not put together', () => {
  expect(() =>
    composeApp(app.ctx, app.config, {
      routes: [],
      rpc: [],
      consumers: [reader],
      verifier: app.issuer.verifier,
      audiences: [],
      growth: bareGrowth,
    }),
  ).toThrow('device does not serve bank.data_rights.v1.DataRightsService');
});
