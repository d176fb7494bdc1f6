import { Secret } from '@bank/domain';
import { testDatabase } from '@bank/testing';
import { defineEntity, p } from '@mikro-orm/postgresql';
import pg from 'pg';
import {
  createMigrator,
  type LockRetries,
  type NamedMigration,
  partitionedTableSql,
  platformTablesV1,
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

/** A schema with parcels and their partitioned scans, whose parcels get a label later. */
export const first = { name: '20260101000000_first', class: First };
export const second = { name: '20260102000000_second', class: Second };

export const passwords = { owner: new Secret('test'), app: new Secret('test') };

/** A database in which nothing has been migrated, and migrators of its schema `depot`. */
export async function emptyDepot() {
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
  const migratorOf = (migrations: readonly NamedMigration[], lockRetries?: LockRetries) =>
    createMigrator({
      ownerUrl: new Secret(database.urlFor('depot_owner')),
      schema: 'depot',
      entities: [Parcel, Scan],
      migrations,
      ...(lockRetries !== undefined && { lockRetries }),
    });
  return { database, migratorOf };
}
