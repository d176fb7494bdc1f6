import type { Secret } from '@bank/domain';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import { type Constructor, MikroORM, type Options } from '@mikro-orm/postgresql';
import pg from 'pg';
import { readAddress } from '#connection/address.ts';
import { translateFailure } from '#connection/failures.ts';
import { identifier } from '#connection/identifier.ts';
import { type Entities, ormOptions } from '#connection/orm-options.ts';
import { unmappedTables } from '#migrations/platform-tables.ts';

/** A migration under the name by which it is remembered. Listed by hand, so that a bundle has them too. */
export interface NamedMigration {
  readonly name: string;
  readonly class: Constructor<Migration>;
}

export interface MigratorOptions {
  /** The owner role's address, without a pooler in between. */
  readonly ownerUrl: Secret;
  readonly caFile?: string | undefined;
  readonly schema: string;
  readonly entities: Entities;
  readonly migrations: readonly NamedMigration[];
}

export interface SchemaMigrator {
  /** Runs what is pending, one migrator of a schema at a time; the names of what ran. @throws service.unavailable */
  up(): Promise<string[]>;
  pending(): Promise<string[]>;
  /** The statements that would make the tables equal to the entities: none when they agree. */
  check(): Promise<string[]>;
  close(): Promise<void>;
}

/** Migrates one schema as its owner role. */
export async function createMigrator(options: MigratorOptions): Promise<SchemaMigrator> {
  const orm = await MikroORM.init({ ...ormOptions(poolOf(options)), ...migratorOptions(options) });
  return {
    up: () => alone(options, async () => (await orm.migrator.up()).map(({ name }) => name)),
    pending: async () => (await orm.migrator.getPending()).map(({ name }) => name),
    check: () => schemaDrift(orm, options.schema),
    close: () => orm.close(),
  };
}

/** Where the tables of a schema differ from its entities, as statements that would change the tables; none is best. */
async function schemaDrift(orm: MikroORM, schema: string): Promise<string[]> {
  const difference = await orm.schema.getUpdateSchemaSQL({ schema: identifier(schema), wrap: false });
  return difference
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function poolOf({ ownerUrl, caFile, schema, entities }: MigratorOptions) {
  return { url: ownerUrl, caFile, schema, entities, poolMax: 2, service: `${schema}:migrate` };
}

function migratorOptions({ schema, migrations }: MigratorOptions): Options {
  return {
    extensions: [Migrator],
    schemaGenerator: { skipTables: [...unmappedTables], ignoreRoutines: true, ignoreTriggers: true },
    migrations: {
      tableName: `${identifier(schema)}.migrations`,
      migrationsList: migrations.map(({ name, class: migration }) => ({ name, class: migration })),
      transactional: true,
      allOrNothing: false, // what ran before a failing migration stays
      safe: true,
      snapshot: false,
    },
  };
}

/** Two deployments at once must not run the same migration twice: the second waits, and finds nothing to do. */
async function alone<T>({ ownerUrl, caFile, schema }: MigratorOptions, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...readAddress({ url: ownerUrl, caFile }), application_name: `${schema}:migrate` });
  try {
    await client.connect();
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`${schema}.migrations`]);
    return await work();
  } catch (error) {
    throw translateFailure(error);
  } finally {
    await client.end();
  }
}
