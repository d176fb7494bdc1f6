import { raceOf, until, winners } from '@bank/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { BackfillMigration, type IndexChange, IndexMigration, SqlMigration, ValidationMigration } from '#index.ts';
import { emptyDepot, first, second } from './depot.ts';

function indexed(name: string, change: IndexChange) {
  return {
    name,
    class: class extends IndexMigration {
      override change(): IndexChange {
        return change;
      }
    },
  };
}

const weight = indexed('20260103000000_weight', {
  create: 'parcels_weight_index',
  on: 'depot.parcels',
  as: '(weight)',
});
const scanned = indexed('20260103000001_scanned', {
  create: 'scans_at_index',
  on: 'depot.scans',
  as: '(at desc) where at is not null',
});

const indexesSql = `select c.relname as name, i.indisvalid as valid, t.relname as table
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
  where c.relname ~ $1 order by 1`;

async function filledDepot(parcels: number) {
  const depot = await emptyDepot();
  const migrator = await depot.migratorOf([first]);
  await migrator.up();
  await migrator.close();
  await depot.database.query('insert into depot.parcels select gen_random_uuid(), 1 from generate_series(1, $1)', [
    parcels,
  ]);
  return depot;
}

describe('IndexMigration', () => {
  it('makes an index while others write, and drops it', async () => {
    const { database, migratorOf } = await filledDepot(10);
    const writer = new pg.Client({ connectionString: database.adminUrl });
    await writer.connect();
    const migrator = await migratorOf([first, weight]);
    await writer.query('begin; update depot.parcels set weight = 2');
    const made = migrator.up();
    await until(() =>
      database
        .query(`select 1 from pg_stat_activity where query ~ '^create index' and wait_event_type = 'Lock'`)
        .then(({ length }) => length),
    );
    await writer.query('update depot.parcels set weight = 3'); // the build waits for the writer, not the writer for it
    await writer.query('commit');
    expect(await made).toEqual([weight.name]);
    expect(await database.query(indexesSql, ['^parcels_weight'])).toEqual([
      { name: 'parcels_weight_index', valid: true, table: 'parcels' },
    ]);
    await Promise.all([writer.end(), migrator.close()]);

    const next = await migratorOf([first, weight, indexed('1_drop', { drop: 'depot.parcels_weight_index' })]);
    await next.up();
    await next.close();
    expect(await database.query(indexesSql, ['^parcels_weight'])).toEqual([]);
  });

  it('makes it once when several deployments begin together, and none waits for the other for good', async () => {
    const { migratorOf } = await filledDepot(10);
    const migrators = await Promise.all(Array.from({ length: 4 }, () => migratorOf([first, weight, scanned])));
    const ran = winners(await raceOf(4, async (number) => migrators[number]?.up()));
    expect(ran.flat()).toEqual([weight.name, scanned.name]);
    expect(ran).toHaveLength(4);
    await Promise.all(migrators.map((migrator) => migrator.close()));
  });

  it('begins again after a build that failed', async () => {
    const { database, migratorOf } = await filledDepot(2);
    const change = { create: 'parcels_weight_key', on: 'depot.parcels', as: '(weight)', unique: true } as const;
    const migrator = await migratorOf([first, indexed('1_unique', change)]);
    await expect(migrator.up()).rejects.toMatchObject({ code: '23505' });
    expect(await migrator.status()).toMatchObject({ pending: ['1_unique'], invalidIndexes: ['parcels_weight_key'] });
    await database.query('delete from depot.parcels where ctid in (select ctid from depot.parcels limit 1)');
    expect(await migrator.up()).toEqual(['1_unique']);
    expect(await migrator.status()).toMatchObject({ pending: [], invalidIndexes: [] });
    await migrator.close();
  });

  it('makes and drops it on every partition, those of later weeks included', async () => {
    const { database, migratorOf } = await filledDepot(1);
    const migrator = await migratorOf([first, scanned]);
    await migrator.up();
    expect((await migrator.status()).invalidIndexes).toEqual([]);
    await database.query('select depot.maintain_partitions(6)');
    const made = await database.query<{ table: string; valid: boolean }>(indexesSql, ['^scans.*at_i']);
    const partitions = await database.query(`select 1 from pg_inherits where inhparent = 'depot.scans'::regclass`);
    expect(made.filter(({ valid }) => valid)).toHaveLength(partitions.length + 1);
    const attached = await database.query(
      `select 1 from pg_inherits where inhparent = 'depot.scans_at_index'::regclass`,
    );
    expect(attached).toHaveLength(partitions.length);
    await migrator.close();

    const next = await migratorOf([first, scanned, indexed('1_drop', { drop: 'depot.scans_at_index' })]);
    await next.up();
    await next.close();
    expect(await database.query(indexesSql, ['^scans.*at_i'])).toEqual([]);
  });
});

class Labels extends BackfillMigration {
  override batch(): string {
    return `update depot.parcels set label = 'none' where id in (select id from depot.parcels where label is null limit 40)`;
  }
}

class Weighed extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table depot.parcels add constraint parcels_weight_check check (weight > 0) not valid'];
  }
}

class WeighedAll extends ValidationMigration {
  override constraints() {
    return [{ table: 'depot.parcels', constraint: 'parcels_weight_check' }];
  }
}

const labels = { name: '20260103000000_labels', class: Labels };
const weighed = { name: '20260104000000_weighed', class: Weighed };
const weighedAll = { name: '20260105000000_weighed-all', class: WeighedAll };

describe('BackfillMigration', () => {
  it('fills in batches of a transaction each, and goes on where it was interrupted', async () => {
    const { database, migratorOf } = await filledDepot(100);
    const migrator = await migratorOf([first, second, labels]);
    await database.query(`create function depot.stumble() returns trigger language plpgsql as $$
      begin
        if (select count(*) from depot.parcels where label is not null) > 40 then raise exception 'stumbled'; end if;
        return null;
      end $$`);
    await database.query(
      'create trigger stumble after update on depot.parcels for each statement execute function depot.stumble()',
    );
    await expect(migrator.up()).rejects.toThrow('stumbled');
    expect(await migrator.pending()).toEqual([labels.name]);
    const filled = 'select count(*)::int as filled from depot.parcels where label is not null';
    expect(await database.query(filled)).toEqual([{ filled: 40 }]);
    await database.query('drop trigger stumble on depot.parcels');
    expect(await migrator.up()).toEqual([labels.name]);
    expect(await database.query(filled)).toEqual([{ filled: 100 }]);
    await migrator.close();
  });
});

describe('ValidationMigration', () => {
  it('holds the rows of before against a constraint, and keeps it when there is a bad one', async () => {
    const { database, migratorOf } = await filledDepot(1);
    await database.query('insert into depot.parcels values (gen_random_uuid(), 0)');
    const migrator = await migratorOf([first, weighed, weighedAll]);
    await expect(migrator.up()).rejects.toMatchObject({ code: '23514' });
    expect(await migrator.pending()).toEqual([weighedAll.name]);
    await database.query('delete from depot.parcels where weight = 0');
    await migrator.up();
    const valid = `select convalidated as valid from pg_constraint where conname = 'parcels_weight_check'`;
    expect(await database.query(valid)).toEqual([{ valid: true }]);
    await migrator.close();
  });
});

describe('status', () => {
  it('tells what ran, what waits, and what only a newer release knows', async () => {
    const { migratorOf } = await filledDepot(1);
    const newer = await migratorOf([first, second, labels]);
    expect(await newer.status()).toMatchObject({
      applied: [{ name: first.name, at: expect.any(Date), checksum: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      pending: [second.name, labels.name],
      unknown: [],
      changed: [],
    });
    await newer.up();
    await newer.close();
    const older = await migratorOf([first]);
    expect(await older.status()).toMatchObject({ pending: [], unknown: [second.name, labels.name] });
    expect(await older.up()).toEqual([]);
    await older.close();
  });

  it('tells of a migration that has changed since it ran, and runs nothing then', async () => {
    const { migratorOf } = await filledDepot(1);
    const migrator = await migratorOf([{ ...first, class: Labels }, second]);
    expect(await migrator.status()).toMatchObject({ pending: [second.name], changed: [first.name] });
    await expect(migrator.up()).rejects.toThrow(`depot: ${first.name} ran here with other statements`);
    expect(await migrator.pending()).toEqual([second.name]);
    await migrator.close();
  });

  it('reads a database that was migrated before checksums were kept', async () => {
    const { database, migratorOf } = await filledDepot(1);
    await database.query('alter table depot.migrations drop column checksum');
    const migrator = await migratorOf([first, second]);
    expect(await migrator.status()).toMatchObject({ applied: [{ name: first.name, checksum: null }], changed: [] });
    await migrator.up();
    const { applied } = await migrator.status();
    expect(applied.map(({ checksum }) => checksum?.length)).toEqual([64, 64]);
    await migrator.close();
  });
});
