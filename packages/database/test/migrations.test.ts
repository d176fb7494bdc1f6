import { Secret } from '@bank/domain';
import { raceOf, testDatabase, winners } from '@bank/testing';
import { defineEntity, p } from '@mikro-orm/postgresql';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import {
  createMigrator,
  type NamedMigration,
  partitionedTableSql,
  platformTablesV1,
  platformTablesV2,
  provisionStatements,
  SqlMigration,
} from '#index.ts';

const Scan = defineEntity({
  name: 'Scan',
  tableName: 'scans',
  schema: 'depot',
  properties: { id: p.uuid().primary(), at: p.datetime().columnType('timestamptz') },
});

const Parcel = defineEntity({
  name: 'Parcel',
  tableName: 'parcels',
  schema: 'depot',
  properties: { id: p.uuid().primary(), weight: p.integer(), label: p.string().columnType('text').nullable() },
});

class First extends SqlMigration {
  statements(): string[] {
    return [
      ...platformTablesV1('depot'),
      `create table depot.scans (id uuid not null, at timestamptz not null, constraint scans_pkey primary key (id)) partition by range (id)`,
      ...partitionedTableSql('depot', { table: 'scans', keyColumn: 'id', ageColumn: 'at' }),
      'create table depot.parcels (id uuid, weight int not null, constraint parcels_pkey primary key (id))',
    ];
  }
}

class Second extends SqlMigration {
  statements(): string[] {
    return ['alter table depot.parcels add column label text'];
  }
}

class Wiping extends SqlMigration {
  statements(): string[] {
    return platformTablesV2('depot');
  }
}

class Broken extends SqlMigration {
  statements(): string[] {
    return ['alter table depot.parcels add column half text', 'alter table depot.nothing add column half text'];
  }
}

const first = { name: '20260101000000_first', class: First };
const second = { name: '20260102000000_second', class: Second };
const broken = { name: '20260103000000_broken', class: Broken };
const passwords = { owner: new Secret('test'), app: new Secret('test') };

async function emptyDepot() {
  const database = await testDatabase({
    name: 'depot',
    async provision(adminUrl, name) {
      const admin = new pg.Client({ connectionString: adminUrl });
      await admin.connect();
      const statements = provisionStatements({ database: name, schemas: { depot: passwords, shop: passwords } });
      for (const statement of [...statements, ...statements]) {
        await admin.query(statement); // twice: it may be repeated
      }
      await admin.end();
    },
  });
  const migratorOf = (migrations: readonly NamedMigration[]) =>
    createMigrator({
      ownerUrl: new Secret(database.urlFor('depot_owner')),
      schema: 'depot',
      entities: [Parcel, Scan],
      migrations,
    });
  return { database, migratorOf };
}

describe('createMigrator', () => {
  it('runs what is pending, once, as an owner that owns one schema alone', async () => {
    const { migratorOf } = await emptyDepot();
    const migrator = await migratorOf([first]);
    expect(await migrator.pending()).toEqual([first.name]);
    expect(await migrator.up()).toEqual([first.name]);
    expect(await migrator.up()).toEqual([]);
    await migrator.close();

    const next = await migratorOf([first, second]);
    expect(await next.pending()).toEqual([second.name]);
    expect(await next.up()).toEqual([second.name]);
    await next.close();
  });

  it('runs each migration once when several deployments begin together', async () => {
    const { migratorOf } = await emptyDepot();
    const migrators = await Promise.all(Array.from({ length: 4 }, () => migratorOf([first, second])));
    const ran = winners(await raceOf(4, async (number) => migrators[number]?.up()));
    expect(ran.flat()).toEqual([first.name, second.name]);
    expect(ran).toHaveLength(4);
    await Promise.all(migrators.map((migrator) => migrator.close()));
  });

  it('leaves nothing of a migration that fails, and keeps those before it', async () => {
    const { database, migratorOf } = await emptyDepot();
    const migrator = await migratorOf([first, broken]);
    await expect(migrator.up()).rejects.toThrow('depot.nothing');
    expect(await migrator.pending()).toEqual([broken.name]);
    const columns = `select column_name as name from information_schema.columns where table_schema = 'depot' and table_name = 'parcels'`;
    expect(await database.query(columns)).toEqual([{ name: 'id' }, { name: 'weight' }]);
    await migrator.close();
  });

  it('gives up soon where a lock is not to be had, as service.unavailable', async () => {
    const { database, migratorOf } = await emptyDepot();
    const before = await migratorOf([first]);
    await before.up();
    await before.close();
    const reader = new pg.Client({ connectionString: database.adminUrl });
    await reader.connect();
    await reader.query('begin; select * from depot.parcels');
    const migrator = await migratorOf([first, second]);
    await expect(migrator.up()).rejects.toMatchObject({ code: 'service.unavailable', reason: 'lock timeout' });
    await reader.end();
    expect(await migrator.up()).toEqual([second.name]);
    await migrator.close();
  });
});

describe('platformTablesV2', () => {
  it('wipes the deliveries that were published before it', async () => {
    const { database, migratorOf } = await emptyDepot();
    const before = await migratorOf([first]);
    await before.up();
    await before.close();
    await database.query(
      `insert into depot.outbox (id, destination, type, subject, dataschema, data, request_id, traceparent, published_at)
       select gen_random_uuid(), kind, 't', 's', 'd', '{"template":"a","sealedParameters":"x"}', 'r', 't', at
         from (values ('deliveries', now()), ('deliveries', null), ('audit', now())) v (kind, at)`,
    );
    const migrator = await migratorOf([first, { name: '20260102000000_wiping', class: Wiping }]);
    await migrator.up();
    await migrator.close();
    const wiped = await database.query(`select destination, published_at is null as waits from depot.outbox
       where data = '{"template":"a"}'`);
    expect(wiped).toEqual([{ destination: 'deliveries', waits: false }]);
  });
});

describe('check', () => {
  it('says what separates tables and entities, and nothing of the platform, of partitions or of neighbours', async () => {
    const { database, migratorOf } = await emptyDepot();
    await database.query('create table shop.neighbour (id int)');
    const migrator = await migratorOf([first, second]);
    await migrator.up();
    expect(await migrator.check()).toEqual([]);

    await database.query('alter table depot.parcels alter column weight drop not null, drop column label');
    const drift = (await migrator.check()).join('\n');
    expect(drift).toContain('label');
    expect(drift).toContain('set not null');
    await migrator.close();
  });
});

describe('provisionStatements', () => {
  it('gives passwords as they are', async () => {
    const odd = { ...passwords, owner: new Secret(`it's \\ test`) };
    const statements = provisionStatements({ database: 'd', schemas: { depot: odd } });
    expect(statements.find((one) => one.includes('alter role depot_owner with'))).toContain(
      String.raw`password E'it''s \\ test'`,
    );
  });

  it('refuses names that are not plain', () => {
    expect(() => provisionStatements({ database: 'd; drop', schemas: {} })).toThrow('not a plain SQL identifier');
  });
});
