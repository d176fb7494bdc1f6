import { Secret } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { Migration } from '@mikro-orm/migrations';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { BackfillMigration, planOf, platformTablesV2, provisionStatements, SqlMigration } from '#index.ts';
import { emptyDepot, first, passwords, second } from './depot.ts';

class Wiping extends SqlMigration {
  statements(): string[] {
    return platformTablesV2('depot');
  }
}

class Bounds extends SqlMigration {
  statements(): string[] {
    return [
      `create table depot.bounds as
         select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`,
    ];
  }
}

class Loose extends Migration {
  override up(): void {
    this.addSql('select 1');
  }
}

class Patient extends SqlMigration {
  protected override get statementTimeout(): string {
    return '1h';
  }
  statements(): string[] {
    return ['select 1'];
  }
}

class Hidden extends SqlMigration {
  override up(): void {
    this.addSql('drop schema depot cascade');
  }
  statements(): string[] {
    return [];
  }
}

class Elsewhere extends BackfillMigration {
  batch(): string {
    return 'delete from depot.parcels';
  }
  override statements(): string[] {
    return [];
  }
}

class Broken extends SqlMigration {
  statements(): string[] {
    return ['alter table depot.parcels add column half text', 'alter table depot.nothing add column half text'];
  }
}

const broken = { name: '20260103000000_broken', class: Broken };

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
    await expect(migrator.up()).rejects.toThrow('depot.nothing'); // nothing stands in the way of another try
    await migrator.close();
  });

  it('gives up where a lock is not to be had, as service.unavailable', async () => {
    const { database, migratorOf } = await emptyDepot();
    const before = await migratorOf([first]);
    await before.up();
    await before.close();
    const reader = new pg.Client({ connectionString: database.adminUrl });
    await reader.connect();
    await reader.query('begin; select * from depot.parcels');
    const migrator = await migratorOf([first, second], { tries: 2, firstPauseMs: 10, longestPauseMs: 10 });
    await expect(migrator.up()).rejects.toMatchObject({ code: 'service.unavailable', reason: 'lock timeout' });
    await reader.end();
    expect(await migrator.up()).toEqual([second.name]);
    await migrator.close();
  });

  it('tries again when it gave up waiting for a lock, and lets the others through meanwhile', async () => {
    const { database, migratorOf } = await emptyDepot();
    const before = await migratorOf([first]);
    await before.up();
    await before.close();
    const reader = new pg.Client({ connectionString: database.adminUrl });
    await reader.connect();
    await reader.query('begin; select * from depot.parcels');
    const told: string[] = [];
    const report = (line: string): void => {
      told.push(line);
      if (told.length === 2) void reader.end();
    };
    const migrator = await migratorOf([first, second], { tries: 30, firstPauseMs: 20, longestPauseMs: 20, report });
    expect(await migrator.up()).toEqual([second.name]);
    expect(told.slice(0, 2)).toEqual([
      expect.stringMatching(/^lock timeout: try 2 of 30 in \d+ ms$/),
      expect.stringMatching(/^lock timeout: try 3 of 30 in \d+ ms$/),
    ]);
    await migrator.close();
  });

  it('bounds how long a statement waits and how long it goes on', async () => {
    const { database, migratorOf } = await emptyDepot();
    const migrator = await migratorOf([first, { name: '20260102000000_bounds', class: Bounds }]);
    await migrator.up();
    await migrator.close();
    expect(await database.query('select * from depot.bounds')).toEqual([{ lock: '1s', statement: '30s' }]);
  });

  it('refuses a migration of no kind that it knows', async () => {
    const { migratorOf } = await emptyDepot();
    await expect(migratorOf([{ name: '1_loose', class: Loose }])).rejects.toThrow('1_loose is no migration of a kind');
  });

  it.each([Patient, Hidden, Elsewhere])('refuses a migration that runs in a way of its own: %o', (kind) => {
    expect(() => planOf({ name: '1_own', class: kind })).toThrow('1_own runs in a way of its own');
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
