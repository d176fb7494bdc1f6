import { randomBytes } from 'node:crypto';
import { allow, Secret, systemClock } from '@bank/domain';
import { type Keyring, staticKeyring } from '@bank/security';
import { type TestDatabase, testDatabase } from '@bank/testing';
import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import pg from 'pg';
import { afterAll } from 'vitest';
import {
  ApprovalRepository,
  approvalTableV1,
  blindIndexTableSql,
  connectDatabase,
  createMigrator,
  createUnitOfWork,
  type Database,
  type DatabaseOptions,
  IndexMigration,
  partitionedTableSql,
  platformTablesV1,
  platformTablesV2,
  platformTablesV3,
  platformTablesV4,
  provisionStatements,
  Repository,
  SqlMigration,
  tokenIndexTableSql,
  type UnitOfWork,
  waitingOutboxIndex,
} from '#index.ts';

/** A service like any other: `widgets` that are counted, in a schema `shop`; and a neighbour that owns `stock`. */
export const Widget = defineEntity({
  name: 'Widget',
  tableName: 'widgets',
  schema: 'shop',
  properties: {
    id: p.uuid().primary(),
    name: p.string().columnType('text'),
    count: p.integer(),
    total: p.bigint('number').default(0),
    day: p.date().columnType('date').nullable(),
    touchedAt: p.datetime().columnType('timestamptz'),
  },
});

class FirstShopMigration extends SqlMigration {
  statements(): string[] {
    return [
      ...platformTablesV1('shop'),
      ...platformTablesV2('shop'),
      ...platformTablesV3('shop'),
      ...platformTablesV4('shop'),
      `create table shop.widgets (
        id uuid not null, name text not null, count int not null, total bigint not null default 0, day date,
        touched_at timestamptz not null, constraint widgets_pkey primary key (id))`,
      'alter table shop.widgets add constraint widgets_name_key unique (name)',
      ...approvalTableV1('shop'),
      ...blindIndexTableSql('shop', 'emails', { unique: true }),
      ...blindIndexTableSql('shop', 'words', { unique: false }),
      ...tokenIndexTableSql('shop', 'tags'),
      `create table shop.visits (id uuid not null, at timestamptz not null, open boolean not null,
        constraint visits_pkey primary key (id)) partition by range (id)`,
      ...partitionedTableSql('shop', {
        table: 'visits',
        keyColumn: 'id',
        ageColumn: 'at',
        keepWeeks: 3,
        blockedWhile: 'open',
      }),
    ];
  }
}

class FirstStockMigration extends SqlMigration {
  statements(): string[] {
    return [...platformTablesV1('stock'), 'create table stock.items (id uuid primary key)'];
  }
}

class WaitingOutboxIndex extends IndexMigration {
  change() {
    return waitingOutboxIndex('shop');
  }
}

const shopMigrations = [
  { name: '20260101000000_first', class: FirstShopMigration },
  { name: '20260101000001_outbox', class: WaitingOutboxIndex },
];

const passwords = { owner: new Secret('test'), app: new Secret('test') };

/** Roles, schemas and tables of both services, as a deployment would make them. */
async function provision(adminUrl: string, database: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  for (const statement of provisionStatements({ database, schemas: { shop: passwords, stock: passwords } })) {
    await admin.query(statement);
  }
  await admin.end();
  await migrate(adminUrl, 'shop', shopMigrations);
  await migrate(adminUrl, 'stock', [{ name: '20260101000000_first', class: FirstStockMigration }]);
}

async function migrate(adminUrl: string, schema: string, migrations: typeof shopMigrations): Promise<void> {
  const migrator = await createMigrator({
    ownerUrl: new Secret(asRole(adminUrl, `${schema}_owner`)),
    schema,
    entities: schema === 'shop' ? [Widget] : [],
    migrations,
  });
  await migrator.up();
  await migrator.close();
}

function asRole(adminUrl: string, role: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = 'test';
  return url.href;
}

export class WidgetRepository extends Repository {
  async add(id: string, name = id, count = 0): Promise<void> {
    await this.affected('insert into shop.widgets (id, name, count, touched_at) values (?, ?, ?, now())', [
      id,
      name,
      count,
    ]);
  }

  async increment(id: string): Promise<number | undefined> {
    const row = await this.row<{ count: number }>(
      'update shop.widgets set count = count + 1 where id = ? returning count',
      [id],
    );
    return row?.count;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.affected('delete from shop.widgets where id = ?', [id])) > 0;
  }

  async countOf(id: string): Promise<number | undefined> {
    return (await this.row<{ count: number }>('select count from shop.widgets where id = ?', [id]))?.count;
  }
}

export interface ShopRepositories {
  readonly widgets: WidgetRepository;
  readonly approvals: ApprovalRepository;
}

export interface ShopContext {
  readonly database: Database;
  readonly unitOfWork: UnitOfWork<ShopRepositories>;
  readonly clock: { now(): Date };
}

export const deliveryKeys: Keyring = staticKeyring('delivery', { d1: randomBytes(32) }, 'd1');

const repositories = (em: EntityManager): ShopRepositories => ({
  widgets: new WidgetRepository(em),
  approvals: new ApprovalRepository(em, 'shop'),
});

export interface Shop {
  readonly postgres: TestDatabase;
  readonly ctx: ShopContext;
  /** One more connected process of the service. */
  connect(options?: Partial<DatabaseOptions>): Promise<ShopContext>;
}

/** A migrated database of this test file, and one connected process. Everything closes with the file. */
export async function openShop(): Promise<Shop> {
  const postgres = await testDatabase({ name: 'shop', provision });
  const opened: Database[] = [];
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: directUrl = url } = postgres.variablesFor('shop_app');
  const connect = async (options: Partial<DatabaseOptions> = {}): Promise<ShopContext> => {
    const database = await connectDatabase({
      url: new Secret(url),
      directUrl: new Secret(directUrl),
      schema: 'shop',
      entities: [Widget],
      poolMax: 5,
      service: 'shop',
      ...options,
    });
    opened.push(database);
    return { database, unitOfWork: createUnitOfWork({ database, repositories, deliveryKeys }), clock: systemClock };
  };
  const ctx = await connect();
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await postgres.drop();
  });
  return { postgres, ctx, connect };
}

/** Access of a task without anything to audit. */
export const unaudited = { who: allow.system('test'), unaudited: 'a test' } as const;

/** A fact about a widget. */
export function widgetMade(subject: string) {
  return { type: 'widget.made.v1', subject, dataschema: 'proto:test.WidgetMade', data: { made: true } };
}
